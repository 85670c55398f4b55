import MediaIO
import Transport
import VoiceAudio
import WebRTC

/// The engine's media thread, as an actor on a loop of its own: it owns the UDP sockets and the peer connections, takes
/// encoded frames from the audio thread's ring and puts received ones into the other.
///
/// There is one transport to the room server and one to each WHIP or WHEP server; they share the thread and the rings.
actor MediaThread {
    /// Unwatched interfaces come and go in bursts; the machine's addresses are read when it is quiet again.
    private static let networkQuietNanoseconds: Int64 = 200_000_000

    private nonisolated let loop: MediaLoop
    private nonisolated let audio: AudioSystem
    private nonisolated let events: @Sendable (TransportID, MediaEvent) -> Void
    /// A transport and what is remembered of it.
    private struct Held {
        let id: TransportID
        let transport: MediaTransport
        /// Its server was reached over the loopback interface.
        let includesLoopback: Bool
    }

    /// A TCP connection of a transport.
    private struct WatchedStream: Hashable {
        let transport: TransportID
        let number: UInt32
    }

    /// Few: looked through, never hashed, on the way of a packet.
    private var transports: [Held] = []
    private var transportTimer: LoopTimer?
    private var networkTimer: LoopTimer?
    private var network: NetworkChangeNotifier?
    /// The TCP connections that the loop watches.
    private var watchedStreams: Set<WatchedStream> = []
    private nonisolated let judge: @Sendable (_ chain: [[UInt8]], _ name: String) -> String?
    /// The machine's addresses when they were last read.
    private var knownAddresses: Set<TransportAddress> = []
    /// Room server's clock minus ours, in nanoseconds.
    private var clockOffset: Int64?
    private let certificate: DTLSCertificate
    private var random = RandomSource.system

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Throws when the process has no descriptor left, or no certificate can be made.
    ///
    /// - Parameter judge: see ``MediaTransport``.
    init(
        audio: AudioSystem, judge: @escaping @Sendable (_ chain: [[UInt8]], _ name: String) -> String?,
        events: @escaping @Sendable (TransportID, MediaEvent) -> Void
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
        knownAddresses = Set(Self.usableAddresses().map(\.address))
        // Where netlink is forbidden, a change of addresses is seen when consent to send expires.
        guard let network = try? NetworkChangeNotifier() else { return }
        self.network = network
        try loop.watch(network.descriptor) { [weak self] in self?.assumeIsolated { $0.networkReadable() } }
    }

    /// Closes the transports, then ends the thread.
    nonisolated func stop() async {
        await unwatch()
        await loop.shutdown()
    }

    private func unwatch() {
        for held in transports { close(held.id) }
        loop.unwatch(audio.encodedFramesReady.descriptor)
        if let network { loop.unwatch(network.descriptor) }
        network = nil
        if let transportTimer { loop.removeTimer(transportTimer) }
        if let networkTimer { loop.removeTimer(networkTimer) }
    }

    // MARK: Transports

    /// A new transport, in place of one of this name that may be there. Throws when no socket can be bound.
    ///
    /// - Parameters:
    ///   - peer: who is at the other end, for messages.
    ///   - includesLoopback: that server was reached over the loopback interface.
    func open(
        _ id: TransportID, peer: String, stunServers: [TransportAddress], turnServers: [TURNServer],
        includesLoopback: Bool
    ) throws {
        close(id)
        let transport = try MediaTransport(
            audio: audio, certificate: certificate, addresses: Self.localAddresses(includesLoopback: includesLoopback),
            stunServers: stunServers, turnServers: turnServers, judge: judge, peer: peer, keepsSpare: id == .rooms,
            random: &random
        ) { [events] event in events(id, event) }
        if id == .rooms { transport.clockOffset = clockOffset }
        try loop.watch(transport.descriptor) { [weak self] in self?.assumeIsolated { $0.readable(id) } }
        transports.append(Held(id: id, transport: transport, includesLoopback: includesLoopback))
        serve(transport, id)
    }

    /// Says goodbye and lets go of the socket.
    func close(_ id: TransportID) {
        guard let index = transports.firstIndex(where: { $0.id == id }) else { return }
        let transport = transports.remove(at: index).transport
        transport.close(now: .now())
        loop.unwatch(transport.descriptor)
        watchStreams(of: transport, id)
        armTransportTimer()
    }

    private func find(_ id: TransportID) throws(PeerConnectionError) -> MediaTransport {
        guard let held = transports.first(where: { $0.id == id }) else { throw .wrongState }
        return held.transport
    }

    /// An offer in which every demand has a section. Throws when there is no transport, or too many sections.
    func makeOffer(_ id: TransportID, for demands: [SectionDemand], restartICE: Bool) throws -> MediaOffer {
        let transport = try find(id)
        let offer = try transport.makeOffer(for: demands, restartICE: restartICE, random: &random)
        serve(transport, id)
        return offer
    }

    /// Applies the server's answer to the last offer.
    func apply(_ id: TransportID, answer: String) throws {
        let transport = try find(id)
        defer { serve(transport, id) }
        try transport.apply(answer: answer, now: .now())
    }

    /// The answer to an offer of the server, which the demand takes a section of.
    func answer(_ id: TransportID, offer: String, for demand: SectionDemand) throws -> MediaOffer {
        let transport = try find(id)
        defer { serve(transport, id) }
        return try transport.answer(offer, for: demand, now: .now())
    }

    /// The last offer will not be answered.
    func rollBackOffer(_ id: TransportID) {
        guard let transport = try? find(id) else { return }
        transport.rollBackOffer()
        serve(transport, id)
    }

    /// Does something with a transport's connection, and what follows from it.
    func withConnection<Value: Sendable>(
        _ id: TransportID, _ body: @Sendable (PeerConnection, MonotonicTime) throws -> Value
    ) throws -> Value {
        let transport = try find(id)
        defer { serve(transport, id) }
        return try body(transport.connection, .now())
    }

    /// What is to be added to our monotonic clock to get the room server's (nanoseconds since 1970).
    func setClockOffset(_ offset: Int64?) {
        clockOffset = offset
        (try? find(.rooms))?.clockOffset = offset
    }

    /// Fresh credentials of the room server's TURN servers.
    func update(_ credentials: [TURNCredentials]) {
        guard let transport = try? find(.rooms) else { return }
        transport.connection.update(credentials, now: .now())
        serve(transport, .rooms)
    }

    /// Further STUN and TURN servers for a transport.
    func use(_ id: TransportID, stunServers: [TransportAddress], turnServers: [TURNServer]) {
        guard let transport = try? find(id) else { return }
        transport.connection.add(stunServers: stunServers, now: .now())
        transport.connection.add(turnServers: turnServers, random: random, now: .now())
        _ = random.bytes(64)
        serve(transport, id)
    }

    /// Of all transports: the streams' figures by their demands, the path's own from the room server's.
    func statistics() -> MediaStatistics {
        var all = (try? find(.rooms))?.statistics() ?? MediaStatistics()
        for held in transports where held.id != .rooms { all.add(held.transport.statistics()) }
        return all
    }

    // MARK: Turns of the loop

    private func encodedFramesReady() {
        audio.encodedFramesReady.take()
        let now = MonotonicTime.now()
        let frames = audio.encodedFrames.consumer
        while let slot = frames.peek() {
            let frame = slot.header.load(as: EncodedFrame.self)
            let length = min(Int(frame.payloadLength), slot.payload.count)
            // What nobody sends now is of no use later.
            for held in transports where held.transport.sends(channel: Int(frame.channel)) {
                held.transport.send(frame, payload: UnsafeRawBufferPointer(rebasing: slot.payload[..<length]), now: now)
            }
            frames.release()
        }
        for held in transports {
            held.transport.flush()
            if !held.transport.streams.isEmpty { watchStreams(of: held.transport, held.id) }
        }
    }

    private func readable(_ id: TransportID) {
        guard let transport = try? find(id) else { return }
        transport.receiveDatagrams()
        serve(transport, id)
    }

    private func transportTimerFired() {
        let now = MonotonicTime.now()
        for held in transports {
            held.transport.timerFired(now: now)
            held.transport.serve(now: now)
            watchStreams(of: held.transport, held.id)
        }
        armTransportTimer()
    }

    /// Sends what a transport's machines have to send, tells what they have to tell, and sets the timer.
    private func serve(_ transport: MediaTransport, _ id: TransportID) {
        transport.serve(now: .now())
        watchStreams(of: transport, id)
        armTransportTimer()
    }

    private func armTransportTimer() {
        var deadline = MonotonicTime.distantFuture
        for held in transports { deadline = min(deadline, held.transport.deadline) }
        transportTimer?.arm(at: deadline)
    }

    // MARK: Streams

    /// Watches connections that are new, and those that wait for room to write; lets go of those that have ended.
    private func watchStreams(of transport: MediaTransport, _ id: TransportID) {
        for link in transport.takeClosedStreams()
        where watchedStreams.remove(WatchedStream(transport: id, number: link.request.number)) != nil {
            loop.unwatch(link.descriptor)
        }
        for (number, link) in transport.streams {
            let stream = WatchedStream(transport: id, number: number)
            if watchedStreams.insert(stream).inserted {
                let readable: @Sendable () -> Void = { [weak self] in
                    self?.assumeIsolated { $0.streamReadable(stream) }
                }
                guard (try? loop.watch(link.descriptor, readable: readable)) != nil else { continue }
            }
            guard link.wantsToWrite != link.isWatchedForWriting else { continue }
            link.isWatchedForWriting = link.wantsToWrite
            guard link.wantsToWrite else {
                loop.watchWriting(link.descriptor, writable: nil)
                continue
            }
            loop.watchWriting(link.descriptor) { [weak self] in self?.assumeIsolated { $0.streamWritable(stream) } }
        }
    }

    private func streamReadable(_ stream: WatchedStream) {
        guard let transport = try? find(stream.transport) else { return }
        transport.streamReadable(stream.number, now: .now())
        serve(transport, stream.transport)
    }

    private func streamWritable(_ stream: WatchedStream) {
        guard let transport = try? find(stream.transport) else { return }
        transport.streamWritable(stream.number, now: .now())
        serve(transport, stream.transport)
    }

    // MARK: The network

    private func networkReadable() {
        network?.take()
        networkTimer?.arm(at: MonotonicTime.now().advanced(byNanoseconds: Self.networkQuietNanoseconds))
    }

    private func networkTimerFired() {
        let present = Set(Self.usableAddresses().map(\.address))
        guard present != knownAddresses else { return }
        knownAddresses = present
        for held in transports {
            let addresses = Self.localAddresses(includesLoopback: held.includesLoopback)
            _ = held.transport.update(addresses: addresses, now: .now())
            serve(held.transport, held.id)
        }
        events(.rooms, .networkChanged)
    }

    /// Running and no link-local ones.
    private static func usableAddresses() -> [InterfaceAddress] {
        NetworkInterfaces.addresses().filter { $0.isRunning && !$0.address.isLinkLocal }
    }

    /// Addresses to send from: loopback first where the server is there.
    private static func localAddresses(includesLoopback: Bool) -> [TransportAddress] {
        let usable = usableAddresses()
        let loopback = includesLoopback ? usable.filter(\.isLoopback) : []
        return (loopback + usable.filter { !$0.isLoopback }).map(\.address)
    }
}
