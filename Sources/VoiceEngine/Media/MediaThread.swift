import MediaIO
import Transport
import VoiceAudio
import WebRTC

/// The engine's media thread, as an actor on a loop of its own: it owns the UDP socket and the peer connection, takes
/// encoded frames from the audio thread's ring and puts received ones into the other.
actor MediaThread {
    /// Unwatched interfaces come and go in bursts; the machine's addresses are read when it is quiet again.
    private static let networkQuietNanoseconds: Int64 = 200_000_000

    private nonisolated let loop: MediaLoop
    private nonisolated let audio: AudioSystem
    private nonisolated let events: @Sendable (MediaEvent) -> Void
    private var transport: MediaTransport?
    private var transportTimer: LoopTimer?
    private var networkTimer: LoopTimer?
    private var network: NetworkChangeNotifier?
    /// The numbers of streams that the loop watches.
    private var watchedStreams: Set<UInt32> = []
    private nonisolated let judge: @Sendable (_ chain: [[UInt8]], _ name: String) -> String?
    private var includesLoopback = false
    /// Server clock minus ours, in nanoseconds.
    private var clockOffset: Int64?
    private let certificate: DTLSCertificate
    private var random = RandomSource.system

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Throws when the process has no descriptor left, or no certificate can be made.
    ///
    /// - Parameter judge: see ``MediaTransport``.
    init(
        audio: AudioSystem, judge: @escaping @Sendable (_ chain: [[UInt8]], _ name: String) -> String?,
        events: @escaping @Sendable (MediaEvent) -> Void
    ) throws {
        self.judge = judge
        loop = try MediaLoop(name: "zego-media", scheduling: .nice(-10))
        certificate = try DTLSCertificate()
        self.audio = audio
        self.events = events
    }

    /// Turns of the loop, at least two a second.
    nonisolated var heartbeat: UInt64 { loop.heartbeat }

    /// Starts the thread and listens for encoded frames and for changes of the network.
    nonisolated func start() async throws {
        try loop.start()
        try await watch()
    }

    private func watch() throws {
        try loop.watch(audio.encodedFramesReady.descriptor) { [weak self] in
            self?.assumeIsolated { $0.encodedFramesReady() }
        }
        transportTimer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.transportTimerFired() } }
        networkTimer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.networkTimerFired() } }
        // Where netlink is forbidden, a change of addresses is seen when consent to send expires.
        guard let network = try? NetworkChangeNotifier() else { return }
        self.network = network
        try loop.watch(network.descriptor) { [weak self] in self?.assumeIsolated { $0.networkReadable() } }
    }

    /// Closes the transport, then ends the thread.
    nonisolated func stop() async {
        await unwatch()
        await loop.shutdown()
    }

    private func unwatch() {
        close()
        loop.unwatch(audio.encodedFramesReady.descriptor)
        if let network { loop.unwatch(network.descriptor) }
        network = nil
        if let transportTimer { loop.removeTimer(transportTimer) }
        if let networkTimer { loop.removeTimer(networkTimer) }
    }

    // MARK: The transport

    /// A new transport, in place of one that may be there. Throws when no socket can be bound.
    ///
    /// - Parameter includesLoopback: the room server was reached over the loopback interface.
    func open(stunServers: [TransportAddress], turnServers: [TURNServer], includesLoopback: Bool) throws {
        close()
        self.includesLoopback = includesLoopback
        let transport = try MediaTransport(
            audio: audio, certificate: certificate, addresses: localAddresses(), stunServers: stunServers,
            turnServers: turnServers, judge: judge, random: &random, events: events)
        transport.clockOffset = clockOffset
        try loop.watch(transport.descriptor) { [weak self] in self?.assumeIsolated { $0.transportReadable() } }
        self.transport = transport
        serve()
    }

    /// Says goodbye and lets go of the socket.
    func close() {
        guard let transport else { return }
        transport.close(now: .now())
        loop.unwatch(transport.descriptor)
        watchStreams(of: transport)
        self.transport = nil
        transportTimer?.disarm()
    }

    /// An offer in which every demand has a section, and one section is spare. Throws when there is no transport, or
    /// too many sections.
    func makeOffer(for demands: [SectionDemand], restartICE: Bool) throws -> MediaOffer {
        guard let transport else { throw PeerConnectionError.wrongState }
        let offer = try transport.makeOffer(for: demands, restartICE: restartICE, random: &random)
        serve()
        return offer
    }

    /// Applies the server's answer to the last offer.
    func apply(answer: String) throws {
        guard let transport else { throw PeerConnectionError.wrongState }
        defer { serve() }
        try transport.apply(answer: answer, now: .now())
    }

    /// The last offer will not be answered.
    func rollBackOffer() {
        transport?.rollBackOffer()
        serve()
    }

    /// What is to be added to our monotonic clock to get the server's (nanoseconds since 1970).
    func setClockOffset(_ offset: Int64?) {
        clockOffset = offset
        transport?.clockOffset = offset
    }

    /// Fresh credentials of the TURN servers.
    func update(_ credentials: [TURNCredentials]) {
        transport?.connection.update(credentials, now: .now())
        serve()
    }

    func statistics() -> MediaStatistics {
        transport?.statistics() ?? MediaStatistics()
    }

    // MARK: Turns of the loop

    private func encodedFramesReady() {
        audio.encodedFramesReady.take()
        if let transport {
            transport.sendEncodedFrames(now: .now())
            if !transport.streams.isEmpty { watchStreams(of: transport) }
        } else {
            // Nobody to send to: what is encoded now is of no use later.
            let frames = audio.encodedFrames.consumer
            while frames.peek() != nil { frames.release() }
        }
    }

    private func transportReadable() {
        transport?.receiveDatagrams()
        serve()
    }

    private func transportTimerFired() {
        transport?.timerFired(now: .now())
        serve()
    }

    /// Sends what the machines have to send, tells what they have to tell, and sets the timer.
    private func serve() {
        guard let transport else { return }
        transport.serve(now: .now())
        watchStreams(of: transport)
        transportTimer?.arm(at: transport.deadline)
    }

    // MARK: Streams

    /// Watches connections that are new, and those that wait for room to write; lets go of those that have ended.
    private func watchStreams(of transport: MediaTransport) {
        for link in transport.takeClosedStreams() where watchedStreams.remove(link.request.number) != nil {
            loop.unwatch(link.descriptor)
        }
        for (number, link) in transport.streams {
            if watchedStreams.insert(number).inserted {
                let readable: @Sendable () -> Void = { [weak self] in
                    self?.assumeIsolated { $0.streamReadable(number) }
                }
                guard (try? loop.watch(link.descriptor, readable: readable)) != nil else { continue }
            }
            guard link.wantsToWrite != link.isWatchedForWriting else { continue }
            link.isWatchedForWriting = link.wantsToWrite
            guard link.wantsToWrite else {
                loop.watchWriting(link.descriptor, writable: nil)
                continue
            }
            loop.watchWriting(link.descriptor) { [weak self] in self?.assumeIsolated { $0.streamWritable(number) } }
        }
    }

    private func streamReadable(_ number: UInt32) {
        transport?.streamReadable(number, now: .now())
        serve()
    }

    private func streamWritable(_ number: UInt32) {
        transport?.streamWritable(number, now: .now())
        serve()
    }

    // MARK: The network

    private func networkReadable() {
        network?.take()
        networkTimer?.arm(at: MonotonicTime.now().advanced(byNanoseconds: Self.networkQuietNanoseconds))
    }

    private func networkTimerFired() {
        guard let transport else { return }
        if transport.update(addresses: localAddresses(), now: .now()) { events(.networkChanged) }
        serve()
    }

    /// Addresses to send from: loopback first where the server is there, no link-local ones.
    private func localAddresses() -> [TransportAddress] {
        let usable = NetworkInterfaces.addresses().filter { $0.isRunning && !$0.address.isLinkLocal }
        let loopback = includesLoopback ? usable.filter(\.isLoopback) : []
        return (loopback + usable.filter { !$0.isLoopback }).map(\.address)
    }
}
