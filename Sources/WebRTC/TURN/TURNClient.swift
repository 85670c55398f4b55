import RTP
import Transport

/// One allocation at one TURN server (RFC 8656), with long-term credentials: from the first request to its end, after
/// which another client has to be made. Sans-IO; confined to one thread.
///
/// Over UDP it is given datagrams, over TCP and TLS whole messages (``StreamFraming/turn``). After each call that takes a
/// time poll ``nextTransmit(into:)`` and ``nextEvent()``.
///
/// Peers are permitted as soon as they are named, and datagrams to them go by Send indications until a channel is bound
/// (ICE binds one when the peer's pair works). Nothing is allocated per datagram.
package final class TURNClient {
    /// What any request of this client fits into.
    package static let maximumRequestLength = 1500
    /// What ``wrap(_:length:to:)`` adds to a datagram at most: a Send indication with an IPv6 address, and padding.
    package static let maximumOverhead = 52
    private static let maximumPeers = 32

    package enum State: Equatable {
        case allocating
        case allocated
        case ended
    }

    package let server: TURNServer
    package private(set) var state = State.allocating
    var isReliable: Bool { server.transport != .udp }
    var authentication: TURNAuthentication
    var random: RandomSource
    var requests: [TURNRequest] = []
    var peers: [TURNPeer] = []
    /// 1: IPv4, which every server has; 2: IPv6, asked for when it says that it has no other.
    var addressFamily: UInt32 = 1
    var refreshAt = MonotonicTime.distantFuture
    private var keepaliveAt = MonotonicTime.distantFuture
    private var keepaliveIsDue = false
    private var events = BoundedQueue<TURNEvent>(capacity: 8)

    /// Over UDP: the first repetition of a request after 250 ms, then after twice as long each time, up to four seconds
    /// (RFC 8489, section 6.2.1, wants half a second for hosts that it knows nothing of).
    private static let retransmission: Int64 = 250
    private static let maximumRetransmission: Int64 = 4000
    private static let transmissions = 7
    /// Over TCP nothing is repeated.
    private static let patience: Int64 = 10_000
    /// Keeps a NAT's mapping towards the server.
    private static let keepaliveInterval: Int64 = 15_000

    /// Asks for an allocation at once.
    package init(server: TURNServer, random: RandomSource, now: MonotonicTime) {
        self.server = server
        self.random = random
        authentication = TURNAuthentication(username: server.username, password: server.password)
        submit(.allocate, now: now)
    }

    // MARK: Time

    package var deadline: MonotonicTime {
        guard state != .ended else { return .distantFuture }
        var deadline = min(refreshAt, keepaliveAt)
        for request in requests { deadline = min(deadline, request.sendAt) }
        if state == .allocated { for peer in peers { deadline = min(deadline, peer.deadline) } }
        return deadline
    }

    package func handleTimeout(now: MonotonicTime) {
        guard state != .ended else { return }
        repeatRequests(now: now)
        guard state == .allocated else { return }
        if now >= refreshAt {
            refreshAt = .distantFuture
            submit(.refresh(lifetime: nil), now: now)
        }
        if now >= keepaliveAt {
            keepaliveIsDue = true
            keepaliveAt = now.advanced(byMilliseconds: Self.keepaliveInterval)
        }
        for index in peers.indices { serve(peer: index, now: now) }
    }

    private func repeatRequests(now: MonotonicTime) {
        var index = 0
        while index < requests.count {
            guard now >= requests[index].sendAt else {
                index += 1
                continue
            }
            if requests[index].transmissions >= (isReliable ? 1 : Self.transmissions) {
                let request = requests.remove(at: index)
                unanswered(request, now: now)
                if state == .ended { return }
                continue
            }
            requests[index].sendAt = now.advanced(byMilliseconds: wait(after: requests[index].transmissions))
            requests[index].transmissions += 1
            requests[index].isDue = true
            index += 1
        }
    }

    private func wait(after transmissions: Int) -> Int64 {
        isReliable ? Self.patience : min(Self.retransmission << Int64(transmissions), Self.maximumRetransmission)
    }

    // MARK: Requests

    func submit(_ purpose: TURNRequest.Purpose, challenges: Int = 0, now: MonotonicTime) {
        guard challenges > 0 || !requests.contains(where: { $0.purpose == purpose }) else { return }
        requests.append(
            TURNRequest(
                purpose: purpose, id: STUNTransactionID(random: &random), transmissions: 1,
                sendAt: now.advanced(byMilliseconds: wait(after: 0)), isDue: true, challenges: challenges))
    }

    /// Writes the next message for the server into `buffer` (at least ``maximumRequestLength`` bytes).
    package func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        if let index = requests.firstIndex(where: \.isDue) {
            requests[index].isDue = false
            defer { if state == .ended { requests.removeAll() } }
            return write(requests[index], into: buffer)
        }
        guard keepaliveIsDue else { return nil }
        keepaliveIsDue = false
        var writer = STUNWriter(buffer, .indication, STUNTransactionID(random: &random))
        writer.addFingerprint()
        return writer.length
    }

    private func write(_ request: TURNRequest, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var writer = STUNWriter(buffer, .request, request.id, method: request.purpose.method)
        switch request.purpose {
        case .allocate:
            writer.add(STUNAttribute.requestedTransport, 17 << 24)  // UDP, by its protocol number.
            if addressFamily != 1 { writer.add(STUNAttribute.requestedAddressFamily, addressFamily << 24) }
        case .refresh(let lifetime):
            if let lifetime { writer.add(STUNAttribute.lifetime, lifetime) }
        case .permission(let peer):
            writer.add(STUNAttribute.xorPeerAddress, xored: peer)
        case .channel(let number, let peer):
            writer.add(STUNAttribute.channelNumber, UInt32(number) << 16)
            writer.add(STUNAttribute.xorPeerAddress, xored: peer)
        }
        authentication.sign(&writer)
        writer.addFingerprint()
        return writer.length
    }

    // MARK: Peers

    /// Lets datagrams of a peer through; what was named already is not asked for again.
    package func permit(_ peer: TransportAddress, now: MonotonicTime) {
        guard !peers.contains(where: { $0.address == peer }), peers.count < Self.maximumPeers else { return }
        peers.append(TURNPeer(address: peer, permissionAt: now))
        handleTimeout(now: now)
    }

    /// Gives a permitted peer a channel, so that its datagrams cost four bytes each.
    package func bind(_ peer: TransportAddress, now: MonotonicTime) {
        guard let index = peers.firstIndex(where: { $0.address == peer }), !peers[index].wantsChannel else { return }
        peers[index].wantsChannel = true
        peers[index].channelAt = now
        handleTimeout(now: now)
    }

    private func serve(peer index: Int, now: MonotonicTime) {
        if now >= peers[index].permissionAt {
            peers[index].permissionAt = .distantFuture
            if !peers[index].isForbidden { submit(.permission(peers[index].address), now: now) }
        }
        if now >= peers[index].channelAt {
            peers[index].channelAt = .distantFuture
            let number = peers[index].channel ?? ChannelData.numbers.lowerBound + UInt16(index)
            peers[index].channel = number
            submit(.channel(number, peers[index].address), now: now)
        }
    }

    // MARK: The allocation

    func becameAllocated(relayed: TransportAddress, mapped: TransportAddress?, lifetime: UInt32, now: MonotonicTime) {
        state = .allocated
        scheduleRefresh(lifetime: lifetime, now: now)
        if !isReliable { keepaliveAt = now.advanced(byMilliseconds: Self.keepaliveInterval) }
        events.append(.allocated(relayed: relayed, mapped: mapped))
        handleTimeout(now: now)
    }

    /// A minute before its end, or at half of a short life.
    func scheduleRefresh(lifetime: UInt32, now: MonotonicTime) {
        let seconds = max(Int64(lifetime) - 60, Int64(lifetime) / 2)
        refreshAt = now.advanced(byMilliseconds: max(seconds, 1) * 1000)
    }

    /// Finds out whether the server still knows the allocation: it is asked for a refresh now.
    package func verify(now: MonotonicTime) {
        guard state == .allocated else { return }
        submit(.refresh(lifetime: nil), now: now)
    }

    func end(_ failure: TURNFailure) {
        guard state != .ended else { return }
        state = .ended
        requests.removeAll()
        keepaliveIsDue = false
        events.append(.ended(failure))
    }

    /// Gives the allocation back: one last message, whose answer nobody waits for.
    package func close(now: MonotonicTime) {
        let isAllocated = state == .allocated
        state = .ended
        requests.removeAll()
        keepaliveIsDue = false
        events.removeAll()
        if isAllocated { submit(.refresh(lifetime: 0), now: now) }
    }

    package func nextEvent() -> TURNEvent? {
        events.popFirst()
    }
}
