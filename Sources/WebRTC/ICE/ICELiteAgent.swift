import Transport

/// The lite agent of a server (RFC 8445, section 2.5 and appendix A): reachable at known addresses, it only answers.
///
/// - Answers binding requests for its own ufrag whose MESSAGE-INTEGRITY is right; to all else it is silent, so that
///   nobody can use it as a reflector, and DTLS and SRTP count only from tuples that such a request came from.
/// - Is always controlled and trusts USE-CANDIDATE: the last nominated tuple carries media.
/// - Remembers ``maximumTuples`` tuples; the one heard of longest ago makes room for a new one, never the selected one.
/// - Its liveness is the peer's checks, since a lite agent sends none of its own (RFC 7675 is the full agent's duty).
/// - A restart makes new credentials; the old ones are served till the peer nominates with the new.
package final class ICELiteAgent: ICETransport {
    package static let maximumTuples = 8

    private struct Generation {
        let credentials: ICECredentials
        let key: STUNKey
        let ufrag: [UInt8]

        init(_ credentials: ICECredentials) {
            self.credentials = credentials
            key = STUNKey(password: credentials.password)
            ufrag = Array(credentials.ufrag.utf8)
        }
    }

    private struct KnownTuple {
        let tuple: TransportTuple
        var heardAt: MonotonicTime
    }

    private let timers: ICETimers
    private let ufragPrefix: String
    private var random: RandomSource
    private var current: Generation
    private var previous: Generation?
    private var tuples: [KnownTuple] = []
    private(set) package var selected: TransportTuple?
    private var lastCheckAt: MonotonicTime?
    private var liveness = Liveness.unheard
    private var outgoing = BoundedQueue<OutgoingSTUN>(capacity: 16)
    private var events = BoundedQueue<ICEEvent>(capacity: 32)
    package let localCandidates: [ICECandidate]

    private enum Liveness {
        case unheard
        case alive
        case disconnected
        case failed
    }

    /// `addresses`: what to announce; `tcpAddresses`: where connections of ICE-TCP are waited for (RFC 6544).
    package init(
        addresses: [TransportAddress], tcpAddresses: [TransportAddress] = [], ufragPrefix: String, timers: ICETimers,
        random: RandomSource
    ) {
        self.timers = timers
        self.ufragPrefix = ufragPrefix
        self.random = random
        current = Generation(ICECredentials(prefix: ufragPrefix, random: &self.random))
        let datagrams = addresses.enumerated().map { index, address in
            ICECandidate(
                kind: .host, foundation: String(index + 1),
                priority: ICECandidate.priority(.host, localPreference: UInt16(clamping: 65_535 - index)),
                address: address, base: address)
        }
        let connections = tcpAddresses.enumerated().map { index, address in
            ICECandidate(
                kind: .host, transport: .tcpPassive, foundation: String(addresses.count + index + 1),
                priority: ICECandidate.passivePriority(localPreference: UInt16(clamping: 65_535 - index * 8)),
                address: address, base: address)
        }
        localCandidates = datagrams + connections
    }

    /// The connection that `tuple` went over has ended: media goes another way, if there is one.
    func forget(_ tuple: TransportTuple) {
        guard let index = tuples.firstIndex(where: { $0.tuple == tuple }) else { return }
        tuples.remove(at: index)
        events.append(.tupleForgotten(tuple))
        if selected == tuple {
            selected = nil
            if let path { events.append(.pathChanged(path)) }
        }
    }

    package var localCredentials: ICECredentials { current.credentials }

    package var localUfrags: [String] {
        previous.map { [current.credentials.ufrag, $0.credentials.ufrag] } ?? [current.credentials.ufrag]
    }

    package var isGatheringComplete: Bool { true }

    package var path: TransportTuple? {
        liveness == .failed ? nil : selected ?? tuples.max { $0.heardAt < $1.heardAt }?.tuple
    }

    package var deadline: MonotonicTime {
        guard let lastCheckAt else { return .distantFuture }
        return switch liveness {
        case .alive: lastCheckAt.advanced(byMilliseconds: timers.liteDisconnectedAfter)
        case .disconnected: lastCheckAt.advanced(byMilliseconds: timers.liteFailedAfter)
        case .unheard, .failed: .distantFuture
        }
    }

    package func restart() {
        // A restart upon a restart: the generation that media flows with stays, the one in between never mattered.
        if previous == nil { previous = current } else { retire(current) }
        current = Generation(ICECredentials(prefix: ufragPrefix, random: &random))
    }

    package func rollbackRestart() {
        guard let old = previous else { return }
        current = old
        previous = nil
    }

    private func retire(_ generation: Generation) {
        events.append(.localUfragRetired(generation.credentials.ufrag))
    }

    /// A lite agent sends no checks, so it has no use for the peer's credentials and candidates.
    package func setRemote(_ credentials: ICECredentials, isLite: Bool, now: MonotonicTime) {}
    package func addRemoteCandidate(_ candidate: ICECandidate, now: MonotonicTime) {}

    package func noteMedia(now: MonotonicTime) {}

    package func receive(_ message: STUNMessage, on tuple: TransportTuple, now: MonotonicTime) -> DropReason? {
        guard message.method == STUNMessage.binding else { return .malformedSTUN }
        switch message.messageClass {
        case .request: break
        case .indication: return nil  // A keepalive (RFC 8445, section 11).
        case .success, .error: return .unexpectedResponse
        }
        guard let username = message.username else { return .malformedSTUN }
        let isCurrent = Self.username(username, isFor: current.ufrag)
        guard let generation = isCurrent ? current : previous,
            isCurrent || Self.username(username, isFor: generation.ufrag)
        else { return .unknownUsername }
        guard message.hasIntegrity(generation.key) else { return .failedIntegrity }
        if let unknown = message.unknownAttribute {
            return answer(message, on: tuple, .error(generation.key, .unknownAttribute, unknownAttribute: unknown))
        }
        if message.controlledTieBreaker != nil, message.controllingTieBreaker == nil {
            // A lite agent cannot take the controlling role, so the peer has to.
            return answer(message, on: tuple, .error(generation.key, .roleConflict, unknownAttribute: 0))
        }
        remember(tuple, now: now)
        _ = answer(message, on: tuple, .success(generation.key))
        if message.useCandidate {
            if isCurrent, let old = previous {
                retire(old)
                previous = nil
            }
            // While a restart is under way the old generation may still move its path.
            select(tuple)
        }
        if liveness != .alive {
            liveness = .alive
            events.append(.connected)
        }
        lastCheckAt = now
        return nil
    }

    /// Whether USERNAME is `ufrag:…`.
    private static func username(_ username: UnsafeRawBufferPointer, isFor ufrag: [UInt8]) -> Bool {
        username.count > ufrag.count && username[ufrag.count] == UInt8(ascii: ":") && username.starts(with: ufrag)
    }

    private func answer(_ message: STUNMessage, on tuple: TransportTuple, _ content: OutgoingSTUN.Content)
        -> DropReason?
    {
        outgoing.append(OutgoingSTUN(transactionID: message.transactionID, path: tuple, content: content))
        return nil
    }

    private func remember(_ tuple: TransportTuple, now: MonotonicTime) {
        if let index = tuples.firstIndex(where: { $0.tuple == tuple }) {
            tuples[index].heardAt = now
            return
        }
        if tuples.count == Self.maximumTuples {
            let oldest = tuples.indices.filter { tuples[$0].tuple != selected }
                .min { tuples[$0].heardAt < tuples[$1].heardAt }
            if let oldest { events.append(.tupleForgotten(tuples.remove(at: oldest).tuple)) }
        }
        tuples.append(KnownTuple(tuple: tuple, heardAt: now))
        events.append(.tupleValidated(tuple))
    }

    private func select(_ tuple: TransportTuple) {
        guard selected != tuple else { return }
        selected = tuple
        events.append(.pathChanged(tuple))
    }

    package func isValidated(_ tuple: TransportTuple) -> Bool {
        selected == tuple || tuples.contains { $0.tuple == tuple }
    }

    package func handleTimeout(now: MonotonicTime) {
        guard now >= deadline, let lastCheckAt else { return }
        if liveness == .alive {
            liveness = .disconnected
            events.append(.disconnected)
        }
        if liveness == .disconnected, now >= lastCheckAt.advanced(byMilliseconds: timers.liteFailedAfter) {
            liveness = .failed
            events.append(.failed(.consentExpired))
        }
    }

    package func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram? {
        outgoing.popFirst()?.write(into: buffer)
    }

    package func nextEvent() -> ICEEvent? {
        events.popFirst()
    }
}
