import Certificates
import Glibc
import Logging
import NIOCore
import NIOPosix
import RoomModel
import Synchronization
import Transport

/// A room server: signalling by WebSocket over one TCP port, media over the UDP port of the same number.
package final class RoomServer: Sendable {
    /// The applications; there from the start, before ``start()``.
    package let apps: AppStore
    package let configuration: RoomServerConfiguration

    private let logger: Logger
    private let tls: ServerTLS
    private let makeMedia: @Sendable (MediaSetup) throws -> any MediaSide
    private let phase = Mutex(Phase.new)

    private enum Phase {
        case new
        case starting
        case running(Running)
        case stopped
    }

    /// What a running server consists of.
    struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let listener: any Channel
        let service: SignalingService
        let media: any MediaSide
        let port: UInt16
        let certificateWatch: Task<Void, Never>
        let pulse: EventLoopPulse
    }

    /// How often another TCP port is tried when any will do and its UDP twin is taken.
    private static let portAttempts = 16

    /// Reads the applications, or makes the first one.
    /// - Parameters:
    ///   - makeMedia: binds the media side; for tests of signalling.
    package init(
        configuration: RoomServerConfiguration, logger: Logger,
        makeMedia: @escaping @Sendable (MediaSetup) throws -> any MediaSide
    ) throws(AppStoreError) {
        self.configuration = configuration
        self.logger = logger
        tls = ServerTLS(logger: logger)
        self.makeMedia = makeMedia
        var random = RandomSource.system
        apps = try AppStore(
            stateDirectory: configuration.stateDirectory, fixed: configuration.fixedApplications, random: &random)
        for notice in apps.notices { logger.notice("\(notice)") }
    }

    // MARK: Start and stop

    /// Binds the ports and starts to serve. Can be called once.
    package func start() async throws(RoomServerError) {
        let isNew = phase.withLock { phase in
            guard case .new = phase else { return false }
            phase = .starting
            return true
        }
        guard isNew else { throw .alreadyStarted }
        let address = try listenAddress()
        try use(configuration.certificateFiles)
        let advertise = try advertisedAddresses()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do throws(RoomServerError) {
            let running = try await bind(address, advertise: advertise, group: group)
            let goesOn = phase.withLock { phase in
                guard case .starting = phase else { return false }
                phase = .running(running)
                return true
            }
            guard goesOn else {
                // Stopped while it was starting.
                return await shutDown(running, deadlineMs: 0)
            }
            logger.info("room server listens", metadata: ["ADDRESS": "\(address.with(port: running.port))"])
        } catch {
            phase.withLock { $0 = .stopped }
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Stops: no new connections, clients see their sockets close (and try again), media ends, threads end. Returns at
    /// the latest after about `deadlineMs`, whatever clients do. Harmless when the server does not run.
    package func stop(deadlineMs: Int64 = 3_000) async {
        let running = phase.withLock { phase -> Running? in
            defer { phase = .stopped }
            if case .running(let running) = phase { return running }
            return nil
        }
        if let running { await shutDown(running, deadlineMs: deadlineMs) }
    }

    private func shutDown(_ running: Running, deadlineMs: Int64) async {
        running.certificateWatch.cancel()
        try? await running.listener.close()
        await Deadline.run(milliseconds: deadlineMs) {
            await running.service.drain()
            await running.media.stop()
        }
        // Closes what is still open.
        try? await running.group.shutdownGracefully()
    }

    private func bind(
        _ address: TransportAddress, advertise: [TransportAddress], group: MultiThreadedEventLoopGroup
    ) async throws(RoomServerError) -> Running {
        var attempt = 1
        while true {
            // The listener accepts nothing before its pipeline can be made, which needs the media side, which needs
            // the port: so the first bind only finds out the port when any will do.
            let port = address.port == 0 ? try await freePort(address, group: group) : address.port
            do throws(RoomServerError) {
                return try await bind(address.with(port: port), advertise: advertise, workers: group)
            } catch {
                guard address.port == 0, case .cannotBind = error, attempt < Self.portAttempts else { throw error }
                attempt += 1
            }
        }
    }

    private func bind(
        _ address: TransportAddress, advertise: [TransportAddress], workers group: MultiThreadedEventLoopGroup
    ) async throws(RoomServerError) -> Running {
        let media: any MediaSide
        do {
            media = try makeMedia(
                MediaSetup(
                    listen: address, advertise: advertise,
                    workers: configuration.workers > 0 ? configuration.workers : nil, logger: logger))
        } catch {
            throw .cannotBind(transport: "UDP", address: "\(address)", reason: "\(error)")
        }
        do {
            try await media.start()
        } catch {
            await media.stop()
            throw .media("\(error)")
        }
        let eventLoop = group.next()
        let webhooks = configuration.webhook.map { WebhookSender($0, eventLoop: eventLoop, logger: logger) }
        let service = SignalingService(
            eventLoop: eventLoop,
            settings: SignalingSettings(
                departureTimeoutMs: Int64(configuration.departureTimeoutMs),
                pingIntervalMs: Int64(configuration.effectivePingIntervalMs), limits: configuration.sessionLimits,
                relays: configuration.relays, version: configuration.version,
                messagesPerSecond: configuration.connectionLimits.messagesPerSecond,
                messageBurst: configuration.connectionLimits.messageBurst,
                kicksOnTokenExpiry: configuration.kicksOnTokenExpiry, tellsWebhooks: webhooks != nil),
            limits: configuration.connectionLimits, apps: apps, media: media, webhooks: webhooks,
            logger: logger)
        do {
            let listener = try await listen(address, service: service, group: group)
            return Running(
                group: group, listener: listener, service: service, media: media, port: address.port,
                certificateWatch: watchCertificate(), pulse: EventLoopPulse(eventLoop))
        } catch {
            await media.stop()
            await webhooks?.stop()
            throw .cannotBind(transport: "TCP", address: "\(address)", reason: Self.reason(error))
        }
    }

    private func listen(
        _ address: TransportAddress, service: SignalingService, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let pipeline = ServerPipeline(
            service: service, limits: configuration.connectionLimits, tls: tls,
            isInsecureAllowed: configuration.insecure)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // When file descriptors run out, accepting pauses instead of spinning.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try pipeline.configure(channel) }
            }
            .bind(host: address.host, port: Int(address.port)).get()
    }

    private func freePort(
        _ address: TransportAddress, group: MultiThreadedEventLoopGroup
    ) async throws(RoomServerError) -> UInt16 {
        do {
            let probe = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: 0).get()
            let port = probe.localAddress?.port ?? 0
            try await probe.close()
            return UInt16(clamping: port)
        } catch {
            throw .cannotBind(transport: "TCP", address: "\(address)", reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    // MARK: The certificate

    /// Takes the certificate from these files from now on, for a reload; nil: no TLS for new connections. Connections go
    /// on with what they began with. Throws ``RoomServerError/certificate(_:)``, and nothing has changed then.
    ///
    /// - Returns: false when a server that is open to other machines would be so without TLS: it keeps what it has until it
    ///   is started anew, with the address that the new configuration names.
    @discardableResult
    package func use(_ files: CertificateFiles?) throws(RoomServerError) -> Bool {
        if files == nil, certificate != nil, !configuration.insecure, (try? listenAddress().isLoopback) != true {
            return false
        }
        do {
            try tls.use(files)
        } catch {
            throw .certificate(error)
        }
        return true
    }

    /// The certificate that new connections are shown; nil: there is no TLS.
    package var certificate: Certificate? { tls.certificate }

    private func watchCertificate() -> Task<Void, Never> {
        Task { [tls] in
            while !Task.isCancelled {
                // Cancelled at the stop.
                try? await Task.sleep(for: ServerTLS.lookInterval)
                tls.look()
            }
        }
    }

    // MARK: Addresses

    private func listenAddress() throws(RoomServerError) -> TransportAddress {
        guard let address = TransportAddress(host: configuration.listen, port: configuration.port) else {
            throw .notAnAddress(configuration.listen)
        }
        guard address.isLoopback || configuration.insecure || configuration.certificateFiles != nil else {
            throw .openWithoutTLS(listen: configuration.listen)
        }
        return address
    }

    private func advertisedAddresses() throws(RoomServerError) -> [TransportAddress] {
        var addresses: [TransportAddress] = []
        for text in configuration.advertise {
            guard let address = Self.address(text) else { throw .badAdvertise(text) }
            addresses.append(address)
        }
        return addresses
    }

    /// `192.0.2.1`, `192.0.2.1:5000`, `2001:db8::1` or `[2001:db8::1]:5000`; port 0 where none is given.
    static func address(_ text: String) -> TransportAddress? {
        if let address = TransportAddress(host: text, port: 0) { return address }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return TransportAddress(host: String(host), port: port)
    }

    // MARK: Looking in

    /// The TCP and UDP port; nil unless the server runs.
    package var boundPort: UInt16? {
        running?.port
    }

    /// The address and port that it listens on, such as `127.0.0.1:8790`; nil unless the server runs.
    package var boundAddress: String? {
        guard let port = boundPort else { return nil }
        return TransportAddress(host: configuration.listen, port: port)?.description
    }

    /// How many rooms, users, streams, … there are; at once, from memory.
    package var counts: RoomServerCounts {
        running?.service.counts ?? RoomServerCounts()
    }

    /// The rooms with their users and streams.
    package func snapshot() async -> RoomServerSnapshot {
        await running?.service.snapshot() ?? RoomServerSnapshot(rooms: [])
    }

    /// One number for the signalling's event loop and one for each media worker; for a watchdog that asks no more often than
    /// twice a second: each has grown since the last call while its thread turns.
    package func heartbeats() -> [UInt64] {
        running.map { [$0.pulse.beat()] + $0.media.heartbeats } ?? []
    }

    /// The Prometheus text of `/metrics`; nil unless the server runs.
    package func metrics() async -> String? {
        await running?.service.metrics()
    }

    var running: Running? {
        phase.withLock { phase in
            if case .running(let running) = phase { running } else { nil }
        }
    }
}
