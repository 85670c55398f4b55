import Transport

/// The ways that are held in reserve: relays, and TCP connections to the peer's passive candidates (RFC 6544). They cost
/// others something (a TURN server, the server's TCP port), so they are opened only when direct UDP does not work, and
/// let go when it does. Who owns sockets and allocations opens them and tells of them here.
extension ICEAgent {
    private static let maximumStreams = 4
    /// The local preferences of what is held in reserve: below those of the machine's addresses.
    private static let highestPreference: UInt16 = 20_000

    /// Which relays are to be allocated now: 0 none, 1 those reached over UDP, 2 those over TCP and TLS too.
    var reserve: Int { needsReserve ? openedReserve : 0 }

    private var needsReserve: Bool { current.remoteKey != nil && !current.hasWorkingPair }

    private var lastReserveAt: MonotonicTime {
        current.reserveAt.advanced(byMilliseconds: timers.lastReservePatience - timers.reservePatience)
    }

    var reserveDeadline: MonotonicTime {
        guard needsReserve else { return .distantFuture }
        switch openedReserve {
        case 0: return current.reserveAt
        case 1: return min(lastReserveAt, streamDeadline)
        default: return streamDeadline
        }
    }

    /// When a TCP candidate that could not be connected to gets another chance.
    private var streamDeadline: MonotonicTime {
        unconnectedRemotes.compactMap { streamPauses[$0] }.min() ?? .distantFuture
    }

    private var unconnectedRemotes: [TransportAddress] {
        guard streams.count < Self.maximumStreams else { return [] }
        return current.remoteCandidates.lazy.filter { candidate in
            candidate.transport == .tcpPassive && !self.streams.contains { $0.remote == candidate.address }
                && self.locals.contains {
                    $0.carrier == .udp && $0.base.family == candidate.address.family
                        && $0.base.isLinkLocal == candidate.address.isLinkLocal
                }
        }.map(\.address)
    }

    func openReserve(now: MonotonicTime) {
        guard needsReserve, now >= current.reserveAt else { return }
        openedReserve = max(openedReserve, now >= lastReserveAt ? 2 : 1)
        for remote in unconnectedRemotes.prefix(Self.maximumStreams - streams.count) {
            guard now >= streamPauses[remote] ?? .zero else { continue }
            streamPauses[remote] = nil
            streams.append(ICEStream(number: nextStream, remote: remote))
            events.append(.openStream(nextStream, remote))
            nextStream += 1
        }
    }

    /// A better way is in use: what was opened beside it goes.
    func letReserveGo(for tuple: TransportTuple, now: MonotonicTime) {
        if tuple.carrier == .udp { openedReserve = 0 }
        for stream in streams where tuple.carrier != .stream(stream.number) { close(stream: stream.number, now: now) }
    }

    // MARK: TCP connections

    /// A connection that was asked for by ``ICEEvent/openStream(_:_:)`` is open.
    func streamOpened(_ number: UInt32, local: TransportAddress, now: MonotonicTime) {
        guard let index = streams.firstIndex(where: { $0.number == number }), streams[index].local == nil else {
            return
        }
        streams[index].local = local
        add(
            ICELocalAddress(
                base: local, preference: Self.highestPreference - UInt16(number % 1000), carrier: .stream(number),
                peer: streams[index].remote), now: now)
    }

    /// A connection has ended, or could not be made.
    func streamClosed(_ number: UInt32, now: MonotonicTime) {
        guard let index = streams.firstIndex(where: { $0.number == number }) else { return }
        let stream = streams.remove(at: index)
        streamPauses[stream.remote] = now.advanced(byMilliseconds: Self.retryOfFailedPairs)
        lose(.stream(number), now: now)
    }

    /// The pair of addresses of an open connection.
    func tuple(ofStream number: UInt32) -> TransportTuple? {
        guard let stream = streams.first(where: { $0.number == number }), let local = stream.local else { return nil }
        return TransportTuple(local: local, remote: stream.remote, carrier: .stream(number))
    }

    func closeFailedStreams(now: MonotonicTime) {
        while let number = failedStreams.popLast() { close(stream: number, now: now) }
    }

    private func close(stream number: UInt32, now: MonotonicTime) {
        guard streams.contains(where: { $0.number == number }) else { return }
        events.append(.closeStream(number))
        streamClosed(number, now: now)
    }

    // MARK: Relays

    /// A TURN server has given an address: a candidate, and a base of pairs with all UDP candidates of the peer.
    func addRelay(
        _ number: UInt32, relayed: TransportAddress, mapped: TransportAddress?, transport: TURNTransport,
        now: MonotonicTime
    ) {
        let local = ICELocalAddress(
            base: relayed, preference: Self.highestPreference - UInt16(number % 1000), carrier: .relay(number),
            relayTransport: transport)
        localCandidates.append(
            ICECandidate(
                kind: .relayed, foundation: "0\(number)", priority: local.priority, address: relayed,
                base: mapped ?? relayed))
        add(local, now: now)
    }

    /// A relayed address is no more.
    func removeRelay(_ number: UInt32, now: MonotonicTime) {
        guard let local = locals.first(where: { $0.carrier == .relay(number) }) else { return }
        localCandidates.removeAll { $0.kind == .relayed && $0.address == local.base }
        lose(.relay(number), now: now)
    }

    /// The pairs of a relay, with whether they work: what the relay has to let through.
    func peers(ofRelay number: UInt32) -> [(peer: TransportAddress, works: Bool)] {
        generations.flatMap { generation in
            generation.pairs.lazy.filter { $0.tuple.carrier == .relay(number) }
                .map { ($0.tuple.remote, $0.state == .succeeded) }
        }
    }

    // MARK: Both

    private func add(_ local: ICELocalAddress, now: MonotonicTime) {
        locals.append(local)
        for generation in generations {
            for remote in generation.remoteCandidates { generation.formPair(local, remote) }
            scheduleChecks(of: generation, now: now)
        }
        handleTimeout(now: now)
    }

    private func lose(_ carrier: TransportTuple.Carrier, now: MonotonicTime) {
        let carriedMedia = path?.carrier == carrier
        removeLocals(now: now) { $0.carrier == carrier }
        // Nothing is left to wait for on the way that has gone: a restart is to find another at once.
        if carriedMedia, path == nil { announceTrouble(.disconnected) }
    }
}
