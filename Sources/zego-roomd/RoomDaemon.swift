import ControlAPI
import Glibc
import Logging
import NIOCore
import NIOPosix
import RoomServer
import Synchronization

/// The room server with its admin socket, started and stopped in order.
final class RoomDaemon: Sendable {
    private let places: DaemonDirectories
    private let configuration: Mutex<RoomDaemonConfiguration>
    private let output: DaemonLog
    private let logger: Logger
    private let watchdog = Mutex(Watchdog())

    init(places: DaemonDirectories, configuration: RoomDaemonConfiguration) {
        self.places = places
        self.configuration = Mutex(configuration)
        output = DaemonLog(
            output: .detect(environment: ProcessEnvironment.value), level: configuration.logLevel)
        logger = output.logger("zego-roomd")
    }

    static func readConfiguration(_ places: DaemonDirectories) throws(ConfigurationError) -> RoomDaemonConfiguration {
        let file = try ConfigurationFile.read(places.configuration, isRequired: places.isConfigurationRequired)
        return try RoomDaemonConfiguration(file: file)
    }

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        await TimerReserve.take()
        let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
        let sockets = try DaemonSockets(runtimeDirectory: places.runtime, hasEngine: false)
        try DaemonDirectories.make(places.state, mode: 0o700, option: "--state-dir")
        logger.info(
            "zego-roomd \(Version.current) starts",
            metadata: ["runtime": "\(places.runtime)", "state": "\(places.state)", "config": "\(places.configuration)"])
        let section = configuration.withLock { $0.server }
        let server = try RoomServer(
            configuration: section.roomServerConfiguration(stateDirectory: places.state, version: Version.current),
            logger: output.logger("room-server"))
        try await server.start()

        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let context = AdminContext(version: Version.current, server: server)
        let admin = SocketServer.lines(
            socket: sockets.admin, admission: .owner, limits: .control,
            catalogue: .admin(version: Version.current, logger: logger), context: context, log: nil,
            environment: SocketServer.Environment(group: group, logger: logger))
        try await admin.start()
        ServiceManager.ready(status: statusLine(server))
        logger.info("ready", metadata: ["listen": "\(server.boundAddress ?? "")"])

        let heartbeat = startHeartbeat(group.next(), server)
        for await signal in signals.stream {
            guard signal == SIGHUP else { break }
            reload(server)
        }

        ServiceManager.stopping()
        logger.info("zego-roomd stops")
        heartbeat.cancel()
        admin.refuseRequests()
        await server.stop()
        await admin.stop()
        try? await group.shutdownGracefully()
    }

    /// Re-reads the configuration; a wrong one changes nothing. Only the level of the log and the
    /// certificate take effect at once.
    private func reload(_ server: RoomServer) {
        ServiceManager.reloading()
        defer { ServiceManager.ready(status: statusLine(server)) }
        do {
            let new = try Self.readConfiguration(places)
            let isCertificateTaken = try server.use(new.server.certificateFiles)
            let old = configuration.withLock { configuration in
                defer { configuration = new }
                return configuration
            }
            output.level = new.logLevel
            var changes = ConfigurationChanges(from: old.json, to: new.json)
            changes.apply { $0 == "log.level" || isCertificateTaken && ServerSection.certificateKeys.contains($0) }
            logger.info("configuration re-read", metadata: ["result": "\(changes.json)"])
        } catch {
            logger.error("configuration not re-read: \(error)")
        }
    }

    /// Feeds the watchdog while the event loop (which runs this) and the threads of the server turn.
    private func startHeartbeat(_ eventLoop: any EventLoop, _ server: RoomServer) -> RepeatedTask {
        let interval = ServiceManager.heartbeatInterval
        return eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
            ServiceManager.status(statusLine(server))
            let turns = Watchdog.turns(ofServer: server.heartbeats())
            if let stuck = watchdog.withLock({ $0.stuckThread(turns) }) {
                logger.critical("a thread does not turn: \(stuck)")
            } else {
                ServiceManager.watchdog()
            }
        }
    }

    private func statusLine(_ server: RoomServer) -> String {
        let counts = server.counts
        return "\(counts.rooms) rooms, \(counts.users) users, \(counts.streams) streams"
    }
}
