import RTP
import Transport

/// One bundled WebRTC transport and its sections (m-lines): ICE, DTLS, SRTP and the offer/answer that sets them up
/// (RFC 8829). Sans-IO: it takes datagrams and the time, and returns what to send, what happened, and when to wake it.
///
/// Not `Sendable`: an object of one thread or actor. After each call that takes a time, and after `createOffer` and
/// `answer`, poll ``nextTransmit(into:)`` and ``nextEvent()`` until they return nil, then wait until ``deadline``.
///
/// Media goes through buffers of the caller and allocates nothing per packet: ``receive(_:from:to:now:)`` decrypts in
/// place, ``protectRTP(header:payload:into:)`` writes into the send buffer; send the result on ``selectedPath``.
///
/// Where networks let no UDP through, relays (TURN) and TCP connections take its place; see
/// ``receive(_:fromStream:now:)`` and ``envelop(_:length:on:)``. A caller that opens no streams has UDP alone.
///
/// Deliberately absent: sections without BUNDLE, RTCP without rtcp-mux, SDES keys, DTLS renegotiation, a change of
/// certificate during a session.
package final class PeerConnection {
    /// Longer datagrams are dropped unread.
    package static let maximumDatagramLength = 2048
    /// The most sections of a connection: with all in use an offer of ours stays within
    /// ``SessionDescription/maximumLength``.
    package static let maximumSections = 64

    let configuration: PeerConnectionConfiguration
    let ice: any ICETransport
    let fullAgent: ICEAgent?
    private(set) var relays: [RelayLink]
    var dtls: DTLSTransport?
    /// The state of DTLS that the caller knows of.
    var settledDTLSState = DTLSState.new
    var srtpSender: SRTPSender?
    var srtpReceiver: SRTPReceiver?

    var origin: SDPOrigin
    var slots: [SectionSlot] = []
    var pendingOffer: PendingOffer?
    var receivedOffer: ReceivedOffer?
    var remoteCredentials: ICECredentials?
    var remoteFingerprints: [SDPFingerprint] = []
    /// Local candidates that a description or an event has told the peer of; nil before the first description.
    var signalledCandidates: Set<String>?

    var demultiplexer = StreamDemultiplexer()
    private var events = BoundedQueue<PeerConnectionEvent>(capacity: 128)
    var counters = PeerConnectionStatistics()
    private var isClosed = false
    private var closedAt = MonotonicTime.zero

    /// The pair of addresses that media goes by; nil if there is none, or consent to send has expired.
    package private(set) var selectedPath: TransportTuple?
    /// Whether ICE and DTLS are done and media can flow.
    package private(set) var isConnected = false

    /// - Parameter random: identifiers, tie-breakers and SDP session IDs are drawn from it; keys are OpenSSL's.
    package init(configuration: PeerConnectionConfiguration, random: RandomSource, now: MonotonicTime) {
        self.configuration = configuration
        var random = random
        // RFC 8829, section 5.2.1: 63 random bits.
        origin = SDPOrigin(sessionID: random.next() >> 1, version: 1)
        switch configuration.role {
        case .client:
            let agent = ICEAgent(
                addresses: configuration.localAddresses, stunServers: configuration.stunServers, isControlling: true,
                ufragPrefix: configuration.ufragPrefix, timers: configuration.timers, random: random, now: now)
            fullAgent = agent
            ice = agent
            _ = random.bytes(256)  // The agent has taken a copy.
            var relays: [RelayLink] = []
            for server in configuration.turnServers.prefix(Self.maximumRelays) {
                relays.append(RelayLink(number: UInt32(relays.count), server: server, random: random))
                _ = random.bytes(256)
            }
            self.relays = relays
        case .server:
            fullAgent = nil
            relays = []
            ice = ICELiteAgent(
                addresses: configuration.localAddresses, tcpAddresses: configuration.tcpAddresses,
                ufragPrefix: configuration.ufragPrefix, timers: configuration.timers, random: random)
        }
    }

    /// What was agreed for each section; the position is ``NegotiatedSection/index``. A copy: media paths keep what
    /// they need of it until the next negotiation.
    package var sections: [NegotiatedSection] { slots.map(\.negotiated) }

    /// What was agreed for the section with this mid.
    package func section(mid: String) -> NegotiatedSection? {
        slots.first { $0.negotiated.mid == mid }?.negotiated
    }

    /// The ufrags that checks for this connection may carry: the newest, and during an ICE restart the old one too.
    package var localUfrags: [String] { ice.localUfrags }

    package var statistics: PeerConnectionStatistics {
        var statistics = counters
        if let fullAgent {
            statistics.checksSent = fullAgent.checksSent
            statistics.checksAnswered = fullAgent.checksAnswered
            statistics.checksReceived = fullAgent.checksReceived
            statistics.roundTripNanoseconds = fullAgent.roundTripNanoseconds
        }
        return statistics
    }

    /// A candidate of the peer: `candidate:…`, with or without `a=`. What this side cannot use (mDNS names, TCP, junk)
    /// is passed over.
    package func addRemoteCandidate(_ line: String, now: MonotonicTime) {
        guard let candidate = ICECandidate(line) else { return }
        ice.addRemoteCandidate(candidate, now: now)
        settle(now: now)
    }

    /// Whether all local candidates are known.
    package var isGatheringComplete: Bool { ice.isGatheringComplete }

    /// Asks further STUN servers (client): what they see is told as candidates.
    package func add(stunServers: [TransportAddress], now: MonotonicTime) {
        fullAgent?.add(stunServers: stunServers, now: now)
        settle(now: now)
    }

    /// Further TURN servers (client), held in reserve like those of the beginning.
    ///
    /// - Parameter random: the relays' own.
    package func add(turnServers: [TURNServer], random: RandomSource, now: MonotonicTime) {
        guard configuration.role == .client else { return }
        var random = random
        for server in turnServers where relays.count < Self.maximumRelays {
            relays.append(RelayLink(number: UInt32(relays.count), server: server, random: random))
            _ = random.bytes(256)
        }
        settle(now: now)
    }

    /// The network has a new local address (client): it becomes a candidate of the running session.
    package func addLocalAddress(_ address: TransportAddress, now: MonotonicTime) {
        fullAgent?.addLocalAddress(address, now: now)
        settle(now: now)
    }

    /// A local address has gone (client).
    package func removeLocalAddress(_ address: TransportAddress, now: MonotonicTime) {
        fullAgent?.removeLocalAddress(address, now: now)
        settle(now: now)
    }

    /// When ``handleTimeout(now:)`` is to be called if nothing arrives before.
    package var deadline: MonotonicTime {
        guard !isClosed else { return .distantFuture }
        var deadline = min(ice.deadline, dtls?.deadline ?? .distantFuture)
        for relay in relays { deadline = min(deadline, relay.deadline) }
        return deadline
    }

    /// Does what is due. Harmless before ``deadline``.
    package func handleTimeout(now: MonotonicTime) {
        guard !isClosed else { return }
        ice.handleTimeout(now: now)
        for relay in relays { relay.handleTimeout(now: now) }
        if let dtls, now >= dtls.deadline { dtls.handleTimeout(now: now) }
        settle(now: now)
    }

    package func nextEvent() -> PeerConnectionEvent? {
        events.popFirst()
    }

    /// Says goodbye to the peer (DTLS close_notify, in ``nextTransmit(into:)``) and stops.
    package func close(now: MonotonicTime) {
        guard !isClosed else { return }
        dtls?.close()
        isClosed = true
        closedAt = now
        isConnected = false
        srtpReceiver = nil
        srtpSender = nil
    }

    var hasEnded: Bool { isClosed }

    /// The goodbye is said: allocations are given back now.
    func releaseRelaysAfterEnd() {
        guard isClosed else { return }
        for relay in relays { relay.release(now: closedAt) }
    }

    // MARK: What follows from a change

    /// Carries news of ICE to DTLS and to the caller.
    func settle(now: MonotonicTime) {
        settleRelays(now: now)
        while let event = ice.nextEvent() { take(event, now: now) }
        selectedPath = ice.path
        if selectedPath != nil { dtls?.start(now: now) }
        settleDTLS()
    }

    private func take(_ event: ICEEvent, now: MonotonicTime) {
        switch event {
        case .localCandidate(let candidate):
            // Those before the first description are in it.
            guard signalledCandidates?.insert(candidate.line).inserted == true else { return }
            events.append(.localCandidate(candidate.line))
        case .gatheringComplete: events.append(.gatheringComplete)
        case .connected: events.append(.iceConnected)
        case .pathChanged(let tuple):
            if selectedPath != nil, selectedPath != tuple { counters.pathChanges += 1 }
            events.append(.pathChanged(tuple))
        case .selected(let tuple):
            releaseRelays(beside: tuple, now: now)
            settleRelays(now: now)
        case .openStream(let number, let remote):
            events.append(
                .openStream(StreamRequest(number: number, remote: remote, framing: .rfc4571, tlsName: nil)))
        case .closeStream(let number): events.append(.closeStream(number))
        case .disconnected:
            for relay in relays { relay.verify(now: now) }
            events.append(.disconnected)
        case .tupleValidated(let tuple): events.append(.tupleValidated(tuple))
        case .tupleForgotten(let tuple): events.append(.tupleForgotten(tuple))
        case .localUfragRetired(let ufrag): events.append(.localUfragRetired(ufrag))
        case .failed(let failure): events.append(.failed(failure))
        }
    }

    func tell(_ event: PeerConnectionEvent) {
        events.append(event)
    }

    func becameConnected(_ profile: SRTPProfile) {
        isConnected = true
        events.append(.connected(profile))
    }

    func becameDisconnected(_ event: PeerConnectionEvent) {
        isConnected = false
        events.append(event)
    }
}
