import RTP
import Transport

/// Relays and TCP connections: what is held in reserve for networks that let no UDP through.
extension PeerConnection {
    /// The most TURN servers that are used.
    package static let maximumRelays = 4

    // MARK: Datagrams

    /// Makes the datagram in the first `length` bytes of `buffer` ready to leave on `path`: by a relay, in its wrapping
    /// (``maximumOverhead`` bytes more at most). Nil if there is no such relay any more.
    package func envelop(
        _ buffer: UnsafeMutableRawBufferPointer, length: Int, on path: TransportTuple
    ) -> ControlDatagram? {
        guard case .relay(let number) = path.carrier else { return ControlDatagram(length: length, path: path) }
        guard let relay = relays.first(where: { $0.number == number }),
            let wrapped = relay.client?.wrap(buffer, length: length, to: path.remote)
        else { return nil }
        return ControlDatagram(length: wrapped, path: relay.wire)
    }

    package static var maximumOverhead: Int { TURNClient.maximumOverhead }

    /// A datagram from the address of a TURN server; nil if it is not about TURN.
    func receiveRelayed(
        _ datagram: UnsafeMutableRawBufferPointer, from source: TransportAddress, now: MonotonicTime
    ) -> ReceivedDatagram? {
        guard
            let relay = relays.first(where: { $0.transport == .udp && $0.server.address == source && $0.client != nil })
        else { return nil }
        return receive(datagram, by: relay, now: now)
    }

    private func receive(
        _ datagram: UnsafeMutableRawBufferPointer, by relay: RelayLink, now: MonotonicTime
    ) -> ReceivedDatagram? {
        switch relay.client?.receive(UnsafeRawBufferPointer(datagram), now: now) ?? .foreign {
        case .foreign: return nil
        case .consumed:
            settle(now: now)
            return .consumed
        case .data(let peer, let offset, let length):
            guard length > 0, let relayed = relay.relayed, let start = datagram.baseAddress else {
                return drop(.length)
            }
            // Callers look for the packet at the head of the buffer.
            start.copyMemory(from: start + offset, byteCount: length)
            return receive(
                datagram.part(0, length),
                on: TransportTuple(local: relayed, remote: peer, carrier: .relay(relay.number)), now: now)
        }
    }

    // MARK: Streams

    /// Takes a message of a connection that ``PeerConnectionEvent/openStream(_:)`` asked for.
    package func receive(
        _ message: UnsafeMutableRawBufferPointer, fromStream number: UInt32, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard !hasEnded else { return drop(.closed) }
        guard 1...Self.maximumDatagramLength ~= message.count else { return drop(.length) }
        if let relay = relays.first(where: { $0.stream == number }) {
            return receive(message, by: relay, now: now) ?? drop(.unknownProtocol)
        }
        guard let tuple = fullAgent?.tuple(ofStream: number) else { return drop(.unvalidatedPath) }
        return receive(message, on: tuple, now: now)
    }

    /// A connection that was asked for is open, its TLS too.
    package func streamOpened(_ number: UInt32, local: TransportAddress, now: MonotonicTime) {
        if let relay = relays.first(where: { $0.stream == number }) {
            relay.streamOpened(now: now)
        } else {
            fullAgent?.streamOpened(number, local: local, now: now)
        }
        settle(now: now)
    }

    /// A connection that was asked for has ended, or could not be made.
    package func streamClosed(_ number: UInt32, now: MonotonicTime) {
        if let relay = relays.first(where: { $0.stream == number }) {
            relay.streamClosed(now: now)
        } else {
            fullAgent?.streamClosed(number, now: now)
        }
        settle(now: now)
    }

    /// The connection that a tuple went over has ended (server).
    package func streamEnded(_ tuple: TransportTuple, now: MonotonicTime) {
        (ice as? ICELiteAgent)?.forget(tuple)
        settle(now: now)
    }

    // MARK: Relays

    /// How the relay of a path is reached; nil for a path without one.
    package func relayTransport(of path: TransportTuple) -> TURNTransport? {
        guard case .relay(let number) = path.carrier else { return nil }
        return relays.first { $0.number == number }?.transport
    }

    /// Fresh credentials of TURN servers that are known; others are passed over.
    package func update(_ credentials: [TURNCredentials], now: MonotonicTime) {
        for relay in relays {
            for fresh in credentials { relay.update(fresh, now: now) }
        }
        settle(now: now)
    }

    /// The machine's addresses have changed: do the TURN servers still know this one?
    package func verifyRelays(now: MonotonicTime) {
        for relay in relays { relay.verify(now: now) }
        settle(now: now)
    }

    /// Starts those that are needed, and carries what they say to ICE and to the caller.
    func settleRelays(now: MonotonicTime) {
        guard !relays.isEmpty, !hasEnded, let agent = fullAgent else { return }
        let reserve = agent.reserve
        for relay in relays {
            if relay.stage <= reserve { relay.start(now: now) }
            relay.settle(now: now)
            apply(relay, agent, now: now)
            guard let client = relay.client, client.state == .allocated else { continue }
            for (peer, works) in agent.peers(ofRelay: relay.number) {
                client.permit(peer, now: now)
                if works { client.bind(peer, now: now) }
            }
        }
    }

    private func apply(_ relay: RelayLink, _ agent: ICEAgent, now: MonotonicTime) {
        let effects = relay.effects
        relay.effects = []
        for effect in effects {
            switch effect {
            case .openStream(let request): tell(.openStream(request))
            case .closeStream(let number): tell(.closeStream(number))
            case .allocated(let relayed, let mapped):
                agent.addRelay(relay.number, relayed: relayed, mapped: mapped, transport: relay.transport, now: now)
            case .lost: agent.removeRelay(relay.number, now: now)
            }
        }
    }

    /// A pair was nominated: relays that are no better than it are given back.
    func releaseRelays(beside path: TransportTuple, now: MonotonicTime) {
        for relay in relays {
            switch path.carrier {
            case .udp: relay.release(now: now)
            // A relay over UDP that is still being asked for would be preferred.
            case .stream: if relay.transport != .udp { relay.release(now: now) }
            case .relay(let number): if relay.number != number { relay.release(now: now) }
            }
        }
    }
}
