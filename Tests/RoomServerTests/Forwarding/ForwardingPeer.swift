import MediaIO
import RTP
import RoomModel
import RoomServer
import Synchronization
import Testing
import Transport
import WebRTC

/// A client as an engine is one: a `PeerConnection` over a real socket on a loop of its own, with eyes for the tests.
actor ForwardingPeer {
    /// An RTP packet that came from the server.
    struct Packet: Sendable, Equatable {
        var header: RTPHeader
        var extensions: RTPHeaderExtensions
        var payload: [UInt8]
        /// The bytes as they came over the network.
        var datagram: [UInt8]
    }

    /// What came in RTCP, in short.
    enum Feedback: Sendable, Equatable {
        case receiverReport(RTCPReportBlock)
        case senderReport(ssrc: UInt32, time: NTPTime, timestamp: UInt32, packets: UInt32)
        case nack(ssrc: UInt32, numbers: [UInt16])
        case goodbye([UInt32])
        case arrivals(Int)
        case estimate(bitrate: UInt64, [UInt32])
    }

    struct Wait: Error, CustomStringConvertible {
        let description: String
    }

    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let forwarder: Forwarder
    private(set) var session: ForwarderSession?
    /// What the forwarder told about the session; written on a worker's thread.
    nonisolated let events: EventLog
    private var socket: UDPSocket
    private let localAddress: TransportAddress
    private let connection: PeerConnection
    private let batch = DatagramBatch()
    private let out = DatagramBatch()
    /// Its slot holds headers and RTCP before they are protected.
    private let scratch = DatagramBatch(capacity: 1)
    private var timer: LoopTimer?
    private(set) var isConnected = false
    private(set) var isClosedByPeer = false
    private(set) var packets: [Packet] = []
    /// RTP that the connection refused: replays among them.
    private(set) var refusedDatagrams: [[UInt8]] = []
    private(set) var feedback: [Feedback] = []
    private var uses: [String: TrackRequest.Use] = [:]
    private(set) var isMuted = false
    private var heldDatagrams: [(bytes: [UInt8], remote: TransportAddress)] = []
    /// Bits per second, headers counted, of the line that numbered packets seem to come over; nil: they are not told of.
    private var lineRate: Double?
    private var arrivals = TransportArrivalRecorder()
    private var lineBusyUntil: Int64 = 0
    private var nextArrivalReport = MonotonicTime.zero
    /// Nanoseconds that the last packet has seemed to wait before the line.
    private(set) var lineQueue: Int64 = 0

    init(
        forwarder: Forwarder, certificate: DTLSCertificate, host: String = "127.0.0.1",
        timers: ICETimers = ForwardingPeer.quickTimers
    ) throws {
        self.forwarder = forwarder
        events = EventLog()
        loop = try MediaLoop(name: "test-peer")
        socket = try UDPSocket(address: #require(TransportAddress(host: host, port: 0)))
        localAddress = socket.localAddress
        connection = PeerConnection(
            configuration: PeerConnectionConfiguration(
                role: .client, certificate: certificate, localAddresses: [localAddress], timers: timers),
            random: .system, now: .now())
        try loop.start()
    }

    /// Consent checks come often, so that a new address is noticed soon.
    static var quickTimers: ICETimers {
        var timers = ICETimers()
        timers.consentInterval = 100
        timers.consentRetry = 50
        return timers
    }

    /// Makes the session and begins to read.
    func open() async throws {
        timer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
        try watch()
        let events = events
        session = try await forwarder.makeSession { events.append($0) }
    }

    func shut() async {
        loop.unwatch(socket.descriptor)
        if let timer { loop.removeTimer(timer) }
        timer = nil
    }

    // MARK: Negotiation

    func publish(_ key: StreamKey, ssrc: UInt32) throws -> String {
        let mid = try connection.addSection(
            .publish(LocalTrack(ssrc: ssrc, streamID: key.stream.rawValue, cname: "test")))
        uses[mid] = .publish(key)
        return mid
    }

    func play(_ key: StreamKey) throws -> String {
        let mid = try connection.addSection(.play)
        uses[mid] = .play(key)
        return mid
    }

    func free(_ mid: String) throws {
        try connection.setSection(mid, .inactive)
        uses[mid] = nil
    }

    /// Goes on playing, with or without the packets.
    func hold(_ mid: String, _ isHeld: Bool) throws {
        try connection.setSection(mid, isHeld ? .hold : .play)
    }

    /// Offers what is wanted and applies the answer. `edit` may change the offer on its way, and `editBack` the answer.
    @discardableResult
    func negotiate(
        edit: @Sendable (String) -> String = { $0 }, editBack: @Sendable (String) -> String = { $0 }
    ) async throws -> [TrackResult] {
        let session = try #require(session)
        let offer = try connection.createOffer()
        let tracks = uses.sorted { $0.key < $1.key }.map { TrackRequest(mid: $0.key, use: $0.value) }
        let result = try await forwarder.negotiate(session, offer: edit(offer), tracks: tracks)
        try connection.applyAnswer(editBack(result.answer), now: .now())
        settle()
        return result.tracks
    }

    func offer() throws -> String {
        try connection.createOffer()
    }

    func section(_ mid: String) -> NegotiatedSection? {
        connection.section(mid: mid)
    }

    /// Makes an empty offer, so that ICE and DTLS are done before the first stream.
    func connect() async throws {
        try await open()
        if connection.sections.isEmpty { _ = try connection.addSection(.inactive) }
        try await negotiate()
        try await until("connected") { $0.isConnected }
    }

    // MARK: Media

    func send(
        _ mid: String, sequence: UInt16, timestamp: UInt32, payload: [UInt8], payloadType: UInt8 = 111,
        marker: Bool = false, level: UInt8? = nil, transportSequence: UInt16? = nil, held: Bool = false
    ) throws {
        let section = try #require(connection.section(mid: mid))
        let ssrc = try #require(section.localTrack?.ssrc)
        let path = try #require(connection.selectedPath)
        let header = RTPHeader(
            marker: marker, payloadType: payloadType, sequenceNumber: sequence, timestamp: timestamp, ssrc: ssrc)
        let extensions = RTPHeaderExtensions(
            audioLevel: level.map { AudioLevel(level: $0, voiceActivity: true) },
            mid: MediaIdentifier(mid), transportSequenceNumber: transportSequence)
        let space = scratch.vacantSlot
        let length = try #require(header.write(extensions: extensions, map: section.extensions, into: space))
        let written = payload.withUnsafeBytes {
            connection.protectRTP(
                header: UnsafeRawBufferPointer(rebasing: space[..<length]), payload: $0, into: out.vacantSlot)
        }
        out.append(length: try #require(written), to: path.remote)
        if held {
            heldDatagrams.append((Array(out.payload(at: out.count - 1)), path.remote))
            out.removeAll()
        }
        socket.send(out)
    }

    /// Sends packets that were held back, in this order, as the network might deliver them.
    func sendHeld(_ order: [Int]) {
        for index in order {
            let (bytes, remote) = heldDatagrams[index]
            bytes.withUnsafeBytes { out.append(copying: $0, to: remote) }
        }
        socket.send(out)
    }

    func sendRTCP(
        reporting blocks: [RTCPReportBlock] = [], _ write: (inout RTCPWriter) -> Bool = { _ in true }
    ) throws {
        let path = try #require(connection.selectedPath)
        var writer = RTCPWriter(scratch.vacantSlot)
        var isWritten = writer.receiverReport(ssrc: 1)
        for block in blocks { isWritten = isWritten && writer.reportBlock(block) }
        try #require(isWritten && writer.canonicalName(ssrc: 1, "test") && write(&writer))
        let compound = UnsafeRawBufferPointer(rebasing: scratch.vacantSlot[..<writer.length])
        let length = try #require(connection.protectRTCP(compound, into: out.vacantSlot))
        out.append(length: length, to: path.remote)
        socket.send(out)
    }

    func requestAgain(ssrc: UInt32, _ numbers: [UInt16]) throws {
        try sendRTCP { writer in
            numbers.withUnsafeBufferPointer { writer.genericNACK(senderSSRC: 1, mediaSSRC: ssrc, missing: $0) }
        }
    }

    /// Goes on from another port, as behind a NAT that has forgotten the mapping: the connection does not know.
    func rebind() throws {
        loop.unwatch(socket.descriptor)
        socket = try UDPSocket(address: localAddress.with(port: 0))
        try watch()
    }

    /// Nothing in, nothing out: the network is gone.
    func setMuted(_ muted: Bool) {
        isMuted = muted
    }

    /// Tells from now on when numbered packets came, as if over a line of this rate (in bits per second, headers counted)
    /// with a long queue before it.
    func answerArrivals(asOverLineOf rate: Double) {
        lineRate = rate
    }

    func forgetPackets() {
        packets.removeAll()
        refusedDatagrams.removeAll()
    }

    // MARK: Waiting

    /// Looks again and again until `condition` holds; throws when it does not within 10 s.
    func until(_ what: String, _ condition: @Sendable (isolated ForwardingPeer) -> Bool) async throws {
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        while !condition(self) {
            guard MonotonicTime.now() < deadline else { throw Wait(description: "waited in vain: \(what)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: Datagrams

    private func watch() throws {
        try loop.watch(socket.descriptor) { [weak self] in
            self?.assumeIsolated { $0.readable() }
        }
    }

    private func readable() {
        let count = socket.receive(into: batch)
        guard !isMuted else { return }
        let now = MonotonicTime.now()
        for index in 0..<count {
            let datagram = batch.payload(at: index)
            let bytes = Array(datagram)
            switch connection.receive(datagram, from: batch.source(at: index), to: localAddress, now: now) {
            case .rtp(let length, let section):
                take(UnsafeRawBufferPointer(rebasing: datagram[..<length]), section, bytes)
            case .rtcp(let length):
                takeFeedback(UnsafeRawBufferPointer(rebasing: datagram[..<length]))
            case .dropped:
                refusedDatagrams.append(bytes)
            case .consumed:
                break
            }
        }
        if lineRate != nil, arrivals.hasPending, now >= nextArrivalReport, let ssrc = packets.last?.header.ssrc {
            nextArrivalReport = now.advanced(byMilliseconds: 100)
            try? sendRTCP { arrivals.writeFeedback(into: &$0, senderSSRC: 1, mediaSSRC: ssrc) }
        }
        settle()
    }

    private func noteArrival(_ number: UInt16, bytes: Int) {
        guard let lineRate else { return }
        let now = MonotonicTime.now().nanoseconds
        lineQueue = max(lineBusyUntil - now, 0)
        lineBusyUntil = now + lineQueue + Int64(Double(bytes + PathEstimate.networkOverhead) * 8e9 / lineRate)
        arrivals.record(sequenceNumber: number, arrivalNanoseconds: lineBusyUntil)
    }

    private func take(_ packet: UnsafeRawBufferPointer, _ section: Int, _ datagram: [UInt8]) {
        guard let header = RTPHeader(packet) else { return }
        packets.append(
            Packet(
                header: header,
                extensions: RTPHeaderExtensions(header, packet, map: connection.sections[section].extensions),
                payload: Array(packet[header.payloadRange]), datagram: datagram))
        if let number = packets.last?.extensions.transportSequenceNumber { noteArrival(number, bytes: datagram.count) }
    }

    private func takeFeedback(_ compound: UnsafeRawBufferPointer) {
        var reader = RTCPCompoundReader(compound)
        while let packet = reader.next() {
            switch packet {
            case .receiverReport(let report): feedback += report.reportBlocks.map { .receiverReport($0) }
            case .senderReport(let report):
                feedback.append(
                    .senderReport(
                        ssrc: report.ssrc, time: report.ntpTime, timestamp: report.rtpTimestamp,
                        packets: report.packetCount))
            case .genericNACK(let nack): feedback.append(.nack(ssrc: nack.mediaSSRC, numbers: nack.map { $0 }))
            case .goodbye(let goodbye): feedback.append(.goodbye(goodbye.map { $0 }))
            case .transportFeedback(let arrivals):
                feedback.append(.arrivals(arrivals.reduce(0) { $0 + ($1.arrivalTicks == nil ? 0 : 1) }))
            case .receiverEstimate(let estimate):
                feedback.append(.estimate(bitrate: estimate.bitrate, estimate.map { $0 }))
            case .sourceDescription, .other: break
            }
        }
    }

    private func timerFired() {
        connection.handleTimeout(now: .now())
        settle()
    }

    private func settle() {
        while let datagram = connection.nextTransmit(into: out.vacantSlot) {
            out.append(length: datagram.length, to: datagram.path.remote)
            if out.isFull { socket.send(out) }
        }
        if isMuted { out.removeAll() }
        socket.send(out)
        while let event = connection.nextEvent() {
            switch event {
            case .connected: isConnected = true
            case .closedByPeer: isClosedByPeer = true
            default: break
            }
        }
        timer?.arm(at: connection.deadline)
    }
}
