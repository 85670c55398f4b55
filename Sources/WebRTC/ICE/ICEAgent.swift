import RTP
import Transport

/// The full ICE agent (RFC 8445 with trickle RFC 8838 and consent freshness RFC 7675), for one data stream with one
/// component. Sans-IO; confined to one thread.
///
/// Deviations from RFC 8445, on purpose:
/// - No frozen pairs: with one stream and one component they would only delay checks.
/// - Checks start 20 ms apart while at most eight pairs wait (the RFC allows down to 5 ms), and are first repeated
///   after 200 ms: lost checks decide how long a call takes to come up.
/// - Pairs that failed are tried again while there is no selected pair, so that an outage at the start is survived.
/// - The controlling agent sends USE-CANDIDATE with each check on the selected pair, so that a lite server moves with
///   it when a NAT changes the address in between; and it may nominate another pair later: a better one that worked too
///   late, or any that works once the selected one is silent.
/// - Consent is also checked when a flow of media stops, not only every five seconds.
/// - Relays and TCP connections (RFC 6544, this side always the active one) are a reserve: opened only when no direct UDP
///   pair works, let go once one does, see ``ICEAgent/reserve``. Their candidates are learnt by the peer from checks.
package final class ICEAgent: ICETransport {
    static let retryOfFailedPairs: Int64 = 2000

    let timers: ICETimers
    let ufragPrefix: String
    var random: RandomSource
    let tieBreaker: UInt64
    package internal(set) var isControlling: Bool
    var remoteIsLite = false

    var locals: [ICELocalAddress] = []
    private var stunServers: [TransportAddress]
    package internal(set) var localCandidates: [ICECandidate] = []
    var gatherer = ServerReflexiveGatherer()
    var streams: [ICEStream] = []
    /// The next number of a stream.
    var nextStream: UInt32 = 1
    /// Until when a TCP candidate that could not be connected to is left alone.
    var streamPauses: [TransportAddress: MonotonicTime] = [:]
    /// Streams whose pair has failed, to be closed.
    var failedStreams: [UInt32] = []
    /// How far the reserve has been opened: 0 not at all, 1 relays over UDP and TCP connections, 2 all relays.
    var openedReserve = 0
    private var gatheringAnnounced = false

    var current: ICEGeneration
    /// During a restart: the generation that media still flows with.
    var previous: ICEGeneration?
    var flow = MediaFlow()
    private var lastAnnouncedPath: TransportTuple?
    /// Whether `connected` was the last word on ICE.
    private var isUsable = false
    private var lastTuple: TransportTuple?

    var outgoing = BoundedQueue<OutgoingSTUN>(capacity: 64)
    var events = BoundedQueue<ICEEvent>(capacity: 64)
    package internal(set) var checksSent: UInt64 = 0
    package internal(set) var checksAnswered: UInt64 = 0
    package internal(set) var checksReceived: UInt64 = 0
    package internal(set) var roundTripNanoseconds: Int64?

    /// - Parameters:
    ///   - addresses: the local addresses with their ports, best first; datagrams are exchanged in their names.
    ///   - stunServers: asked for server-reflexive candidates from each local address of their family.
    package init(
        addresses: [TransportAddress], stunServers: [TransportAddress], isControlling: Bool, ufragPrefix: String,
        timers: ICETimers, random: RandomSource, now: MonotonicTime
    ) {
        self.timers = timers
        self.ufragPrefix = ufragPrefix
        self.random = random
        self.isControlling = isControlling
        self.stunServers = stunServers
        tieBreaker = self.random.next()
        current = ICEGeneration(ICECredentials(prefix: ufragPrefix, random: &self.random))
        for address in addresses { addLocalAddress(address, now: now) }
        announceGathering()
    }

    package var localCredentials: ICECredentials { current.local }

    package var localUfrags: [String] { [current.local.ufrag] + (previous.map { [$0.local.ufrag] } ?? []) }

    package var isGatheringComplete: Bool { gatherer.isDone }

    package var path: TransportTuple? {
        if let selected = current.selected { return current.consent?.isExpired == true ? nil : selected }
        if let previous, let selected = previous.selected, previous.consent?.isExpired != true { return selected }
        return current.bestWorkingPair(isControlling: isControlling).map { current.pairs[$0].tuple }
    }

    /// The pair that was nominated, of the newest generation that has one.
    package var selected: TransportTuple? { current.selected ?? previous?.selected }

    /// Adds an address that has appeared (RFC 8838 speaks of it as trickled).
    package func addLocalAddress(_ address: TransportAddress, now: MonotonicTime) {
        guard !locals.contains(where: { $0.base == address }), locals.count < 32 else { return }
        let used = locals.lazy.filter { $0.carrier == .udp }.map(\.preference).min() ?? .max
        let local = ICELocalAddress(base: address, preference: used == .max ? 65_534 : used - 1)
        locals.append(local)
        addLocalCandidate(.host, address, base: local)
        for server in stunServers { gatherer.ask(server, from: address, now: now, random: &random) }
        for generation in generations {
            for remote in generation.remoteCandidates { generation.formPair(local, remote) }
            scheduleChecks(of: generation, now: now)
        }
    }

    /// Asks further STUN servers from each local address.
    package func add(stunServers more: [TransportAddress], now: MonotonicTime) {
        for server in more where !stunServers.contains(server) && stunServers.count < 8 {
            stunServers.append(server)
            for local in locals { gatherer.ask(server, from: local.base, now: now, random: &random) }
        }
        if !gatherer.isDone { gatheringAnnounced = false }
        handleTimeout(now: now)
    }

    /// Forgets an address that has gone, with all that used it.
    package func removeLocalAddress(_ address: TransportAddress, now: MonotonicTime) {
        localCandidates.removeAll { $0.base == address && $0.kind != .relayed }
        gatherer.forget(base: address)
        removeLocals(now: now) { $0.carrier == .udp && $0.base == address }
        announceGathering()
    }

    /// Forgets bases with all their pairs.
    func removeLocals(now: MonotonicTime, where isGone: (ICELocalAddress) -> Bool) {
        let gone = locals.filter(isGone)
        locals.removeAll(where: isGone)
        for generation in generations {
            let hadSelected = generation.selected != nil
            generation.removePairs { tuple in
                gone.contains { $0.base == tuple.local && $0.carrier == tuple.carrier }
            }
            if hadSelected, generation.selected == nil { recheckAll(of: generation, now: now) }
        }
        lastTuple = nil
        announcePath()
    }

    func local(of tuple: TransportTuple) -> ICELocalAddress? {
        locals.first { $0.base == tuple.local && $0.carrier == tuple.carrier }
    }

    func addLocalCandidate(_ kind: ICECandidate.Kind, _ address: TransportAddress, base: ICELocalAddress) {
        guard !localCandidates.contains(where: { $0.address == address }) else { return }
        let candidate = ICECandidate(
            kind: kind, foundation: "\(kind.preference)\(base.preference)",
            priority: ICECandidate.priority(kind, localPreference: base.preference), address: address, base: base.base)
        localCandidates.append(candidate)
        if kind == .host || kind == .serverReflexive { events.append(.localCandidate(candidate)) }
    }

    func announceGathering() {
        guard gatherer.isDone, !gatheringAnnounced else { return }
        gatheringAnnounced = true
        events.append(.gatheringComplete)
    }

    var generations: [ICEGeneration] { previous.map { [current, $0] } ?? [current] }

    package func restart() {
        // An unanswered restart, or a session that never began, has nothing to preserve.
        if current.remote != nil {
            if let previous, current.selected == nil {
                retire(current)
                self.previous = previous
            } else {
                if let previous { retire(previous) }
                previous = current
            }
        } else if previous == nil {
            return
        }
        current = ICEGeneration(ICECredentials(prefix: ufragPrefix, random: &random))
    }

    package func rollbackRestart() {
        guard current.remote == nil, let old = previous else { return }
        current = old
        previous = nil
    }

    func retire(_ generation: ICEGeneration) {
        events.append(.localUfragRetired(generation.local.ufrag))
    }

    package func setRemote(_ credentials: ICECredentials, isLite: Bool, now: MonotonicTime) {
        remoteIsLite = isLite
        if isLite, !isControlling { switchRole(isControlling: true) }
        current.setRemote(credentials)
        if current.startedAt == nil {
            current.startedAt = now
            current.reserveAt = now.advanced(byMilliseconds: timers.reservePatience)
        }
        scheduleChecks(of: current, now: now)
        handleTimeout(now: now)
    }

    package func addRemoteCandidate(_ candidate: ICECandidate, now: MonotonicTime) {
        guard current.addRemoteCandidate(candidate) else { return }
        for local in locals { current.formPair(local, candidate) }
        scheduleChecks(of: current, now: now)
        handleTimeout(now: now)
    }

    package func isValidated(_ tuple: TransportTuple) -> Bool {
        if tuple == lastTuple { return true }
        for generation in generations {
            if let index = generation.pair(tuple), generation.pairs[index].isValidated {
                lastTuple = tuple
                return true
            }
        }
        return false
    }

    package func noteMedia(now: MonotonicTime) {
        flow.notePacket(now: now, silence: timers.suspiciousSilence)
    }

    func switchRole(isControlling: Bool) {
        self.isControlling = isControlling
        current.nominating = nil
    }

    /// Makes `tuple` the pair in use of its generation.
    func select(_ tuple: TransportTuple, of generation: ICEGeneration, now: MonotonicTime) {
        generation.nominating = nil
        guard generation.selected != tuple else { return }
        generation.selected = tuple
        generation.consent = ICEConsent(grantedAt: now, nextCheckAt: nextConsentTime(after: now))
        if generation === current, let old = previous {
            previous = nil
            lastTuple = nil
            retire(old)
        }
        announcePath()
        if generation === current {
            events.append(.selected(tuple))
            letReserveGo(for: tuple, now: now)
        }
    }

    func nextConsentTime(after now: MonotonicTime) -> MonotonicTime {
        let spread = Int64.random(in: 800...1200, using: &random)
        return now.advanced(byMilliseconds: timers.consentInterval * spread / 1000)
    }

    /// Tells that ICE works (again) and where media goes, if either has changed.
    func announcePath() {
        guard let path, pathConsent?.isDisconnected != true else { return }
        if !isUsable {
            isUsable = true
            events.append(.connected)
        }
        guard path != lastAnnouncedPath else { return }
        lastAnnouncedPath = path
        events.append(.pathChanged(path))
    }

    /// How consent stands for the pair that carries media.
    private var pathConsent: ICEConsent? {
        current.selected == nil ? previous?.consent : current.consent
    }

    /// Media is in trouble: an event, and another when it is over.
    func announceTrouble(_ event: ICEEvent) {
        isUsable = false
        events.append(event)
    }

    package func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram? {
        outgoing.popFirst()?.write(into: buffer)
    }

    package func nextEvent() -> ICEEvent? {
        events.popFirst()
    }
}
