import MediaIO
import RTP
import RoomModel
import RoomServer
import Transport
import WebRTC

/// A client of the forwarder under test: a real `PeerConnection` and socket. Many share a loop.
actor BenchPeer {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let socket: UDPSocket
    private let connection: PeerConnection
    private let batch = DatagramBatch(capacity: 8)
    private let out = DatagramBatch(capacity: 4)
    private let scratch = DatagramBatch(capacity: 1)
    private let measures: Bool
    private var timer: LoopTimer?
    private var connected: CheckedContinuation<Void, any Error>?
    private var isConnected = false
    private var mid = ""

    private var received = 0
    private var latencies: [Int64] = []

    private var sendTimer: LoopTimer?
    private var sending: CheckedContinuation<Void, Never>?
    private var sequence: UInt16 = 0
    private var payloadBytes = 0
    private var interval: Int64 = 0
    private var nextSend = MonotonicTime.zero
    private var sendUntil = MonotonicTime.zero

    init(loop: MediaLoop, certificate: DTLSCertificate, measures: Bool = false) throws {
        self.loop = loop
        self.measures = measures
        socket = try UDPSocket(address: TransportAddress(ipv4: 0x7F00_0001, port: 0))
        connection = PeerConnection(
            configuration: PeerConnectionConfiguration(
                role: .client, certificate: certificate, localAddresses: [socket.localAddress]),
            random: .system, now: .now())
        if measures { latencies.reserveCapacity(100_000) }
    }

    /// Joins and waits until media can flow; throws after 10 s.
    func join(_ forwarder: Forwarder, publishing published: StreamKey? = nil, playing played: StreamKey? = nil)
        async throws
    {
        timer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
        try loop.watch(socket.descriptor) { [weak self] in
            self?.assumeIsolated { $0.readable() }
        }
        var tracks: [TrackRequest] = []
        if let published {
            mid = try connection.addSection(
                .publish(LocalTrack(ssrc: 1, streamID: published.stream.rawValue, cname: "bench")))
            tracks.append(TrackRequest(mid: mid, use: .publish(published)))
        }
        if let played {
            tracks.append(TrackRequest(mid: try connection.addSection(.play), use: .play(played)))
        }
        let session = try await forwarder.makeSession { _ in }
        let result = try await forwarder.negotiate(session, offer: try connection.createOffer(), tracks: tracks)
        try connection.applyAnswer(result.answer, now: .now())
        settle()
        guard !isConnected else { return }
        let limit = loop.makeTimer { [weak self] in
            self?.assumeIsolated { $0.finishConnecting(throwing: Failure(description: "no connection within 10 s")) }
        }
        limit.arm(at: MonotonicTime.now().advanced(byMilliseconds: 10_000))
        defer { loop.removeTimer(limit) }
        try await withCheckedThrowingContinuation { connected = $0 }
    }

    func leave() {
        loop.unwatch(socket.descriptor)
        if let timer { loop.removeTimer(timer) }
        if let sendTimer { loop.removeTimer(sendTimer) }
    }

    private func finishConnecting(throwing error: (any Error)? = nil) {
        if let error { connected?.resume(throwing: error) } else { connected?.resume() }
        connected = nil
    }

    // MARK: Listening

    func reset() {
        received = 0
        latencies.removeAll(keepingCapacity: true)
    }

    func result() -> (received: Int, latencies: [Int64]) {
        (received, latencies)
    }

    private func readable() {
        let count = socket.receive(into: batch)
        let now = MonotonicTime.now()
        var isControl = false
        for index in 0..<count {
            let datagram = batch.payload(at: index)
            if DatagramKind(UnsafeRawBufferPointer(datagram)) == .rtp {
                received += 1
                // Opening all would only take time from those that measure.
                guard measures else { continue }
            } else {
                isControl = true
            }
            let source = batch.source(at: index)
            guard
                case .rtp(let length, _) = connection.receive(datagram, from: source, to: socket.localAddress, now: now),
                let header = RTPHeader(UnsafeRawBufferPointer(rebasing: datagram[..<length])), header.payloadLength >= 8
            else { continue }
            let sent = datagram.loadUnaligned(fromByteOffset: header.headerLength, as: Int64.self)
            latencies.append(now.nanoseconds - sent)
        }
        if isControl { settle() }
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
        socket.send(out)
        while let event = connection.nextEvent() {
            if case .connected = event {
                isConnected = true
                finishConnecting()
            }
        }
        timer?.arm(at: connection.deadline)
    }

    // MARK: Speaking

    /// Sends at a steady rate; returns when the time is over and the last packets have had a moment to arrive.
    func send(rate: Int, payloadBytes: Int, seconds: Int) async throws {
        guard isConnected else { throw Failure(description: "the speaker is not connected") }
        self.payloadBytes = payloadBytes
        interval = 1_000_000_000 / Int64(rate)
        nextSend = .now()
        sendUntil = nextSend.advanced(byMilliseconds: Int64(seconds) * 1000)
        if sendTimer == nil {
            sendTimer = loop.makeTimer { [weak self] in
                self?.assumeIsolated { $0.sendDue() }
            }
        }
        sendTimer?.arm(at: nextSend)
        await withCheckedContinuation { sending = $0 }
    }

    private func sendDue() {
        let now = MonotonicTime.now()
        while nextSend <= now, nextSend < sendUntil {
            sendPacket()
            nextSend = nextSend.advanced(byNanoseconds: interval)
        }
        if nextSend < sendUntil {
            sendTimer?.arm(at: nextSend)
        } else if now < sendUntil.advanced(byMilliseconds: 100) {
            sendTimer?.arm(at: sendUntil.advanced(byMilliseconds: 100))
        } else {
            sending?.resume()
            sending = nil
        }
    }

    private func sendPacket() {
        guard let path = connection.selectedPath, let section = connection.section(mid: mid) else { return }
        let space = scratch.vacantSlot
        let header = RTPHeader(
            payloadType: section.opusPayloadType, sequenceNumber: sequence, timestamp: UInt32(sequence) &* 960, ssrc: 1)
        let extensions = RTPHeaderExtensions(
            audioLevel: AudioLevel(level: 30, voiceActivity: true), mid: MediaIdentifier(mid))
        guard let length = header.write(extensions: extensions, map: section.extensions, into: space) else { return }
        sequence &+= 1
        space.storeBytes(of: MonotonicTime.now().nanoseconds, toByteOffset: 1024, as: Int64.self)
        let payload = UnsafeRawBufferPointer(rebasing: space[1024..<(1024 + min(payloadBytes, 1024))])
        guard
            let written = connection.protectRTP(
                header: UnsafeRawBufferPointer(rebasing: space[..<length]), payload: payload, into: out.vacantSlot)
        else { return }
        out.append(length: written, to: path.remote)
        socket.send(out)
    }
}
