import MediaIO
import RTP
import RoomModel
import Transport
import VoiceAudio
import WebRTC

/// One socket, one peer connection, and the streams that go over it: to the room server, or to one WHIP or WHEP server.
/// Belongs to the media thread; allocates nothing per packet.
///
/// ```
/// encoded frames (of ``MediaThread``) → copies → Packetizer → SRTP → send batch → sendmmsg     RTCP every second, NACKs as they fall due
/// recvmmsg → PeerConnection (STUN, DTLS, SRTP) → section → StreamReceiver → received frames
/// ```
final class MediaTransport {
    /// How often reports go out. AVPF (RFC 4585) allows more than one every five seconds; adaptive audio needs it.
    static let reportInterval: Int64 = 1_000_000_000
    static let requestInterval: Int64 = 10_000_000
    static let feedbackInterval: Int64 = 100_000_000

    let audio: AudioSystem
    let receivedFrames: SPSCRing.Producer
    let events: @Sendable (MediaEvent) -> Void

    let socket: UDPSocket
    let connection: PeerConnection
    private var addresses: [TransportAddress]
    /// TCP connections by their numbers, those that the connection was told of as open, and those that have ended.
    var streams: [UInt32: StreamLink] = [:]
    var toldStreams: Set<UInt32> = []
    var closedStreams: [StreamLink] = []
    /// Why the certificates that a TURN server has shown for a name are not good enough; nil: they are.
    let judge: (_ chain: [[UInt8]], _ name: String) -> String?
    /// Who is at the other end, as a person is told.
    private let peer: String
    /// Whether every offer has a section more than is needed.
    private let keepsSpare: Bool
    let cname: String
    /// Who we are in reports while nothing is published.
    let receiverSSRC: UInt32
    let incoming = DatagramBatch()
    let outgoing = DatagramBatch()
    let header = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Packetizer.maximumHeaderLength, alignment: 8)
    let report = UnsafeMutableRawBufferPointer.allocate(byteCount: 1200, alignment: 8)
    let missing = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: 64)
    /// A payload with copies.
    let redundant = UnsafeMutableRawBufferPointer.allocate(byteCount: AudioLimits.maximumPayload, alignment: 8)

    private(set) var senders: [StreamSender] = []
    private(set) var receivers: [StreamReceiver] = []
    /// By the index of the section.
    var receiverOfSection: [StreamReceiver?] = []
    var senderOfChannel = [StreamSender?](repeating: nil, count: AudioLimits.publisherChannels)
    /// What the path takes, by transport-wide feedback.
    var pathEstimate = PathEstimate(streams: 8)
    /// The packets that came and that the far end is to be told of in such feedback.
    var arrivals = TransportArrivalRecorder()
    var retransmissions = RetransmissionCounts()
    var nextReport = MonotonicTime.distantFuture
    var nextRequest = MonotonicTime.distantFuture
    var nextFeedback = MonotonicTime.distantFuture
    /// Server clock (nanoseconds since 1970) minus our monotonic one; nil until a ping told.
    var clockOffset: Int64?
    /// Our own wall clock minus our monotonic one, when the transport was made.
    let wallOffset: Int64

    /// Binds a socket. Throws when none can be bound.
    ///
    /// - Parameters:
    ///   - peer: who is at the other end: `the room server`.
    ///   - keepsSpare: every offer has a section more than is needed, so that the next stream needs no new m-line.
    init(
        audio: AudioSystem, certificate: DTLSCertificate, addresses: [TransportAddress],
        stunServers: [TransportAddress], turnServers: [TURNServer],
        judge: @escaping (_ chain: [[UInt8]], _ name: String) -> String?, peer: String, keepsSpare: Bool,
        random: inout RandomSource, events: @escaping @Sendable (MediaEvent) -> Void
    ) throws {
        self.audio = audio
        self.events = events
        self.addresses = addresses
        self.judge = judge
        self.peer = peer
        self.keepsSpare = keepsSpare
        receivedFrames = audio.receivedFrames.producer
        socket = try Self.makeSocket()
        let port = socket.localAddress.port
        let reachable = addresses.filter { [socket] in socket.reaches($0.family) }
        let now = MonotonicTime.now()
        connection = PeerConnection(
            configuration: PeerConnectionConfiguration(
                role: .client, certificate: certificate, localAddresses: reachable.map { $0.with(port: port) },
                stunServers: stunServers, turnServers: turnServers), random: random, now: now)
        // The connection has taken a copy of the source: draw on, so that it and we do not draw the same.
        _ = random.bytes(64)
        cname = random.token(16)
        receiverSSRC = UInt32.random(in: 1...UInt32.max, using: &random)
        wallOffset = WallClock.nanosecondsSince1970() &- now.nanoseconds
    }

    deinit {
        header.deallocate()
        report.deallocate()
        missing.deallocate()
        redundant.deallocate()
    }

    /// Both families over one socket, or IPv4 alone on a machine without IPv6.
    private static func makeSocket() throws -> UDPSocket {
        if let dual = try? UDPSocket(address: TransportAddress(ipv6High: 0, low: 0, port: 0)) { return dual }
        return try UDPSocket(address: TransportAddress(ipv4: 0, port: 0))
    }

    var descriptor: Int32 { socket.descriptor }

    var deadline: MonotonicTime {
        min(min(connection.deadline, streamDeadline), min(nextFeedback, min(nextReport, nextRequest)))
    }

    // MARK: Sections

    /// Gives every demand a section, frees those of demands that are gone, and keeps one spare where that is wanted.
    func makeOffer(
        for demands: [SectionDemand], restartICE: Bool, random: inout RandomSource
    ) throws -> MediaOffer {
        var mids: [UInt64: String] = [:]
        let wanted = Set(demands.map(\.token))
        let goneSenders = senders.filter { !wanted.contains($0.token) }
        let goneReceivers = receivers.filter { !wanted.contains($0.token) }
        for demand in demands {
            if let known = senders.first(where: { $0.token == demand.token })?.mid
                ?? receivers.first(where: { $0.token == demand.token })?.mid
            {
                mids[demand.token] = known
                continue
            }
            mids[demand.token] = try add(demand, random: &random)
        }
        for demand in demands {
            guard case .play(_, let isHeld) = demand.use, let mid = mids[demand.token] else { continue }
            try connection.setSection(mid, isHeld ? .hold : .play)
        }
        // Freed only now: no section changes its stream within one negotiation.
        for mid in goneSenders.map(\.mid) + goneReceivers.map(\.mid) { try connection.setSection(mid, .inactive) }
        senders.removeAll { !wanted.contains($0.token) }
        receivers.removeAll { !wanted.contains($0.token) }
        let used = senders.count + receivers.count
        if keepsSpare, connection.sections.count == used { _ = try connection.addSection(.inactive) }
        route()
        return MediaOffer(
            sdp: try connection.createOffer(restartICE: restartICE), mids: mids,
            isComplete: connection.isGatheringComplete)
    }

    /// The answer to an offer of the other side, in which one section is taken for the demand and the others are not.
    ///
    /// Throws ``PeerConnectionError`` for an offer without a section that the demand could use.
    func answer(_ offer: String, for demand: SectionDemand, now: MonotonicTime) throws -> MediaOffer {
        guard case .play(let slot, _) = demand.use else { throw PeerConnectionError.wrongState }
        let sections = try connection.applyOffer(offer, now: now)
        guard let section = sections.first(where: { $0.isUsable && $0.direction.sends }) else {
            throw PeerConnectionError.unsupported(reason: "no section of the offer sends Opus")
        }
        receivers = [StreamReceiver(token: demand.token, mid: section.mid, slot: slot)]
        var decisions: [String: SectionDecision] = [:]
        for other in sections { decisions[other.mid] = .reject }
        decisions[section.mid] = .receive
        let answer = try connection.answer(decisions, now: now)
        route()
        return MediaOffer(
            sdp: answer, mids: [demand.token: section.mid], isComplete: connection.isGatheringComplete)
    }

    private func add(_ demand: SectionDemand, random: inout RandomSource) throws -> String {
        switch demand.use {
        case .play(let slot, _):
            let mid = try connection.addSection(.play)
            receivers.append(StreamReceiver(token: demand.token, mid: mid, slot: slot))
            return mid
        case .publish(let channel, let stereo):
            // The section has to be known before its track, whose sender knows the section.
            let mid = try connection.addSection(.play)
            let sender = StreamSender(
                token: demand.token, mid: mid, channel: channel, streamID: demand.streamID.rawValue, cname: cname,
                stereo: stereo, random: &random)
            try connection.setSection(mid, .publish(sender.track))
            senders.append(sender)
            return mid
        }
    }

    func apply(answer: String, now: MonotonicTime) throws {
        try connection.applyAnswer(answer, now: now)
        route()
    }

    func rollBackOffer() {
        connection.rollbackOffer()
    }

    /// Brings the tables of the packet paths up to date with what is agreed.
    private func route() {
        let sections = connection.sections
        receiverOfSection = [StreamReceiver?](repeating: nil, count: sections.count)
        for index in senderOfChannel.indices { senderOfChannel[index] = nil }
        for section in sections {
            if let receiver = receivers.first(where: { $0.mid == section.mid }) {
                receiver.section = section
                if receiver.isAccepted { receiverOfSection[section.index] = receiver }
            }
            if let sender = senders.first(where: { $0.mid == section.mid }) {
                // An agreement about an older use of the section is none about this one.
                sender.section = section.localTrack?.ssrc == sender.track.ssrc ? section : nil
                if sender.isAccepted { senderOfChannel[sender.channel] = sender }
            }
        }
        if nextReport == .distantFuture {
            nextReport = MonotonicTime.now().advanced(byNanoseconds: Self.reportInterval)
        }
    }

    /// Sends what the connection wants sent, and tells what it has to tell.
    func serve(now: MonotonicTime) {
        reapStreams(now: now)
        transmit()
        while let event = connection.nextEvent() { tell(event, now: now) }
    }

    private func transmit() {
        while true {
            if outgoing.isFull { socket.send(outgoing) }
            guard let datagram = connection.nextTransmit(into: outgoing.vacantSlot) else { break }
            post(datagram, isMedia: false)
        }
        socket.send(outgoing)
    }

    private func tell(_ event: PeerConnectionEvent, now: MonotonicTime) {
        switch event {
        case .openStream(let request): open(request, now: now)
        case .closeStream(let number): closeStream(number)
        case .connected: events(.connected)
        case .iceConnected: if connection.isConnected { events(.connected) }
        case .pathChanged(let path):
            events(.path(local: path.local, remote: path.remote, transport: networkTransport(of: path)))
        case .disconnected: events(.disconnected)
        case .localCandidate(let line): events(.candidate(line))
        case .gatheringComplete: events(.candidate(nil))
        case .closedByPeer: events(.closed("\(peer) closed the transport"))
        case .failed(.dtls(let reason)): events(.closed("DTLS: \(reason)"))
        case .failed(.noPath): events(.failed("no path to \(peer), neither by UDP nor by TCP"))
        case .failed(.consentExpired): events(.failed("\(peer) does not answer on the path"))
        default: break
        }
    }

    /// Gives the connection the machine's present addresses; true when they have changed.
    func update(addresses now: [TransportAddress], now time: MonotonicTime) -> Bool {
        guard Set(now) != Set(addresses) else { return false }
        let port = socket.localAddress.port
        for gone in addresses where !now.contains(gone) {
            connection.removeLocalAddress(gone.with(port: port), now: time)
        }
        for new in now where !addresses.contains(new) && socket.reaches(new.family) {
            connection.addLocalAddress(new.with(port: port), now: time)
        }
        for (number, link) in streams where !now.contains(link.local.with(port: 0)) {
            closeStream(number)
            connection.streamClosed(number, now: time)
        }
        connection.verifyRelays(now: time)
        addresses = now
        return true
    }

    func close(now: MonotonicTime) {
        connection.close(now: now)
        transmit()
        for number in Array(streams.keys) { closeStream(number) }
    }

    func statistics() -> MediaStatistics {
        var statistics = MediaStatistics()
        let counters = connection.statistics
        for sender in senders {
            var figures = sender.statistics
            figures.roundTripNanoseconds = figures.roundTripNanoseconds ?? counters.roundTripNanoseconds
            statistics.sent[sender.token] = figures
        }
        for receiver in receivers {
            var figures = receiver.figures()
            figures.roundTripNanoseconds = counters.roundTripNanoseconds
            statistics.received[receiver.token] = figures
        }
        statistics.roundTripNanoseconds = counters.roundTripNanoseconds
        statistics.datagramsDropped = counters.droppedInAll
        statistics.retransmissions = retransmissions
        statistics.pathBitrate = pathEstimate.limit.map { Int($0) }
        return statistics
    }

}
