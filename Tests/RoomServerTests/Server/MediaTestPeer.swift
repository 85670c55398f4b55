import MediaIO
import RTP
import RoomModel
import Testing
import Transport
import WebRTC

/// The media of a client in a test of the whole server: a `PeerConnection` over a real socket, on a loop of its own.
actor MediaTestPeer {
    struct WaitedInVain: Error {
        let what: String
    }

    nonisolated let loop: MediaLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let socket: UDPSocket
    private let connection: PeerConnection
    private let incoming = DatagramBatch()
    private let outgoing = DatagramBatch()
    private let scratch = DatagramBatch(capacity: 1)
    private var timer: LoopTimer?
    private(set) var isConnected = false
    /// ICE restarts that have settled.
    private(set) var restarts = 0
    /// The payloads that came, in order.
    private(set) var payloads: [[UInt8]] = []

    init() throws {
        loop = try MediaLoop(name: "test-media")
        socket = try UDPSocket(address: #require(TransportAddress(host: "127.0.0.1", port: 0)))
        connection = PeerConnection(
            configuration: PeerConnectionConfiguration(
                role: .client, certificate: try DTLSCertificate(), localAddresses: [socket.localAddress]),
            random: .system, now: .now())
        try loop.start()
    }

    func open() throws {
        timer = loop.makeTimer { [weak self] in
            self?.assumeIsolated { peer in
                peer.connection.handleTimeout(now: .now())
                peer.settle()
            }
        }
        try loop.watch(socket.descriptor) { [weak self] in self?.assumeIsolated { $0.readable() } }
    }

    func shut() {
        loop.unwatch(socket.descriptor)
        if let timer { loop.removeTimer(timer) }
        timer = nil
    }

    /// The section that is spare at first, or a new one.
    func spare() throws -> String { try connection.addSection(.inactive) }

    func publish(_ mid: String, ssrc: UInt32, streamID: String) throws {
        try connection.setSection(mid, .publish(LocalTrack(ssrc: ssrc, streamID: streamID, cname: "test")))
    }

    func play(_ mid: String) throws {
        try connection.setSection(mid, .play)
    }

    func offer() throws -> String { try connection.createOffer() }

    func apply(answer: String) throws {
        try connection.applyAnswer(answer, now: .now())
        settle()
    }

    func send(_ mid: String, sequence: UInt16, payload: [UInt8]) throws {
        let section = try #require(connection.section(mid: mid))
        let path = try #require(connection.selectedPath)
        let header = RTPHeader(
            marker: false, payloadType: 111, sequenceNumber: sequence, timestamp: UInt32(sequence) * 960,
            ssrc: try #require(section.localTrack?.ssrc))
        let extensions = RTPHeaderExtensions(
            audioLevel: nil, mid: MediaIdentifier(mid), transportSequenceNumber: nil)
        let space = scratch.vacantSlot
        let length = try #require(header.write(extensions: extensions, map: section.extensions, into: space))
        let written = payload.withUnsafeBytes {
            connection.protectRTP(
                header: UnsafeRawBufferPointer(rebasing: space[..<length]), payload: $0, into: outgoing.vacantSlot)
        }
        outgoing.append(length: try #require(written), to: path.remote)
        socket.send(outgoing)
    }

    /// Looks again and again until `condition` holds; throws when it does not within 10 s.
    func until(_ what: String, _ condition: @Sendable (isolated MediaTestPeer) throws -> Bool) async throws {
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        while try !condition(self) {
            guard MonotonicTime.now() < deadline else { throw WaitedInVain(what: what) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func readable() {
        let count = socket.receive(into: incoming)
        for index in 0..<count {
            let datagram = incoming.payload(at: index)
            let source = incoming.source(at: index)
            let received = connection.receive(datagram, from: source, to: socket.localAddress, now: .now())
            if case .rtp(let length, _) = received {
                let packet = UnsafeRawBufferPointer(rebasing: datagram[..<length])
                if let header = RTPHeader(packet) { payloads.append(Array(packet[header.payloadRange])) }
            }
        }
        settle()
    }

    private func settle() {
        while let datagram = connection.nextTransmit(into: outgoing.vacantSlot) {
            outgoing.append(length: datagram.length, to: datagram.path.remote)
            if outgoing.isFull { socket.send(outgoing) }
        }
        socket.send(outgoing)
        while let event = connection.nextEvent() {
            switch event {
            case .connected: isConnected = true
            case .localUfragRetired: restarts += 1
            default: break
            }
        }
        timer?.arm(at: connection.deadline)
    }
}

/// ICE restarts and goodbyes.
extension MediaTestPeer {
    /// Begins an ICE restart and gives the fragment that tells the server of it.
    func restartFragment(_ mid: String) throws -> String {
        let offer = try SessionDescription(connection.createOffer(restartICE: true))
        let media = try #require(offer.media.first { $0.mid == mid })
        let transport = offer.transport(of: media)
        let credentials = ICECredentials(
            ufrag: try #require(transport.iceUfrag), password: try #require(transport.icePassword))
        return SDPFragment(
            credentials: credentials,
            sections: [
                .init(
                    kind: "audio", transportProtocol: media.transportProtocol, mid: mid, candidates: media.candidates,
                    endOfCandidates: true)
            ]
        ).write()
    }

    /// Closes DTLS.
    func sayGoodbye() {
        connection.close(now: .now())
        settle()
    }
}
