import Transport

/// A way by one configured TURN server: the connection to it, one allocation after the other, redirections and pauses.
/// Does nothing before it is wanted. Sans-IO; confined to one thread.
final class RelayLink {
    /// What has to be done for it, or is to be known of it.
    enum Effect: Equatable {
        case openStream(StreamRequest)
        case closeStream(UInt32)
        case allocated(relayed: TransportAddress, mapped: TransportAddress?)
        /// The relayed address is no more.
        case lost
    }

    /// Numbers of streams to TURN servers have this bit, those of ICE-TCP have not.
    static let streamBit: UInt32 = 0x8000_0000
    private static let maximumRedirections = 3
    private static let longPause: Int64 = 60_000

    let number: UInt32
    /// As configured; ``server`` is the one that is asked at present.
    private var configured: TURNServer
    private(set) var server: TURNServer
    private(set) var client: TURNClient?
    /// Over TCP and TLS: the connection, open or being opened.
    private(set) var stream: UInt32?
    private(set) var isWanted = false
    private var random: RandomSource
    private var lastStream: UInt32
    private var redirections: [TransportAddress] = []
    /// The address that the server has given.
    private(set) var relayed: TransportAddress?
    private var failures = 0
    private var retryAt = MonotonicTime.distantFuture
    /// A client that has a last word to say, and how it reaches its server.
    private var departing: (client: TURNClient, wire: TransportTuple)?
    private(set) var lastFailure: TURNFailure?
    var effects: [Effect] = []

    init(number: UInt32, server: TURNServer, random: RandomSource) {
        self.number = number
        configured = server
        self.server = server
        self.random = random
        lastStream = Self.streamBit | number << 16
    }

    var transport: TURNTransport { configured.transport }

    /// How far the reserve has to be open for this relay; see ``ICEAgent/reserve``.
    var stage: Int { transport == .udp ? 1 : 2 }

    /// How its messages travel. The kernel chooses the local address, by its routes.
    var wire: TransportTuple {
        let anywhere =
            server.address.family == .ipv4
            ? TransportAddress(ipv4: 0, port: 0) : TransportAddress(ipv6High: 0, low: 0, port: 0)
        return TransportTuple(local: anywhere, remote: server.address, carrier: stream.map { .stream($0) } ?? .udp)
    }

    var deadline: MonotonicTime { min(retryAt, client?.deadline ?? .distantFuture) }

    // MARK: Life

    func start(now: MonotonicTime) {
        guard !isWanted else { return }
        isWanted = true
        server = configured
        redirections = []
        failures = 0
        connect(now: now)
    }

    /// Not wanted any more: the allocation is given back.
    func release(now: MonotonicTime) {
        guard isWanted else { return }
        isWanted = false
        retryAt = .distantFuture
        if let client {
            client.close(now: now)
            departing = (client, wire)
        }
        letGo()
    }

    /// Fresh credentials, for the next allocation; at once if the old ones have just been refused.
    func update(_ credentials: TURNCredentials, now: MonotonicTime) {
        guard credentials.hostName == configured.hostName, credentials.transport == transport,
            credentials.username != configured.username || credentials.password != configured.password
        else { return }
        configured.username = credentials.username
        configured.password = credentials.password
        guard isWanted, client == nil, stream == nil, retryAt == .distantFuture else { return }
        server = configured
        connect(now: now)
    }

    /// The path by this relay has fallen silent, or the machine's addresses have changed: does the server know us still?
    func verify(now: MonotonicTime) {
        client?.verify(now: now)
    }

    func handleTimeout(now: MonotonicTime) {
        if now >= retryAt {
            server = configured
            redirections = []
            connect(now: now)
        }
        client?.handleTimeout(now: now)
        settle(now: now)
    }

    private func connect(now: MonotonicTime) {
        retryAt = .distantFuture
        guard transport != .udp else {
            client = TURNClient(server: server, random: drawRandom(), now: now)
            return
        }
        lastStream = Self.streamBit | number << 16 | (lastStream &+ 1) & 0xFFFF
        stream = lastStream
        effects.append(
            .openStream(
                StreamRequest(
                    number: lastStream, remote: server.address, framing: .turn,
                    tlsName: transport == .tls ? server.hostName : nil)))
    }

    private func drawRandom() -> RandomSource {
        // The client goes on with a copy: draw on, so that the next one does not draw the same.
        defer { _ = random.bytes(256) }
        return random
    }

    func streamOpened(now: MonotonicTime) {
        guard stream != nil, client == nil else { return }
        client = TURNClient(server: server, random: drawRandom(), now: now)
    }

    func streamClosed(now: MonotonicTime) {
        stream = nil
        ended(relayed == nil ? .noAnswer : .lost, now: now)
    }

    /// Takes note of what the client has to tell.
    func settle(now: MonotonicTime) {
        while let event = client?.nextEvent() {
            switch event {
            case .allocated(let relayed, let mapped):
                self.relayed = relayed
                failures = 0
                effects.append(.allocated(relayed: relayed, mapped: mapped))
            case .ended(let failure):
                if let client, transport == .udp { departing = (client, wire) }
                ended(failure, now: now)
            }
        }
    }

    private func ended(_ failure: TURNFailure, now: MonotonicTime) {
        letGo()
        lastFailure = failure
        guard isWanted else { return }
        var pause = min(1000 << Int64(min(failures, 6)), Self.longPause)
        switch failure {
        case .redirected(let address, let domain)
        where address != server.address && !redirections.contains(address)
            && redirections.count < Self.maximumRedirections:
            redirections.append(server.address)
            server.address = address
            if let domain { server.hostName = domain }
            return connect(now: now)
        case .credentialsRefused:
            return  // Until there are others.
        case .redirected, .full: pause = Self.longPause
        case .lost where failures == 0: pause = 200
        case .lost, .noAnswer, .refused: break
        }
        failures += 1
        retryAt = now.advanced(byMilliseconds: pause)
    }

    private func letGo() {
        client = nil
        if relayed != nil { effects.append(.lost) }
        relayed = nil
        if let stream { effects.append(.closeStream(stream)) }
        stream = nil
    }

    func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram? {
        if let departing {
            if let length = departing.client.nextTransmit(into: buffer) {
                return ControlDatagram(length: length, path: departing.wire)
            }
            self.departing = nil
        }
        return client?.nextTransmit(into: buffer).map { ControlDatagram(length: $0, path: wire) }
    }
}
