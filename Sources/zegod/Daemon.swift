import ControlAPI
import Glibc
import JSONRPC
import Logging
import NIOCore
import NIOPosix
import RoomModel
import RoomServer
import Synchronization
import Transport
import VoiceEngine

/// The daemon: starts its parts in order, keeps the service manager informed, and stops them in order.
final class Daemon: Sendable {
    private let places: DaemonDirectories
    private let configuration: Mutex<DaemonConfiguration>
    private let output: DaemonLog
    private let logger: Logger
    private let log: EventLog
    private let watchdog = Mutex(Watchdog())

    init(places: DaemonDirectories, configuration: DaemonConfiguration) {
        self.places = places
        self.configuration = Mutex(configuration)
        output = DaemonLog(
            output: .detect(environment: ProcessEnvironment.value), level: configuration.logLevel)
        logger = output.logger("zegod")
        var random = RandomSource.system
        log = EventLog(instance: random.hexadecimal(16))
    }

    static func readConfiguration(_ places: DaemonDirectories) throws(ConfigurationError) -> DaemonConfiguration {
        let file = try ConfigurationFile.read(places.configuration, isRequired: places.isConfigurationRequired)
        return try DaemonConfiguration(
            file: file, stateDirectory: places.state,
            credentialsDirectory: ProcessEnvironment.value("CREDENTIALS_DIRECTORY"))
    }

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        let configuration = configuration.withLock { $0 }
        await TimerReserve.take()
        let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
        let sockets = try DaemonSockets(runtimeDirectory: places.runtime, hasEngine: true)
        try makeDirectories(configuration)
        logger.info(
            "zegod \(Version.current) starts",
            metadata: ["runtime": "\(places.runtime)", "state": "\(places.state)", "config": "\(places.configuration)"])

        let server = try await startServer(configuration)
        let catalogue = Catalogue.control(version: Version.current, logger: logger)
        let keeper = CallKeeper(
            file: StateFile(stateDirectory: places.state), catalogue: catalogue, log: log, logger: logger)
        keeper.configure(input: configuration.audio.input, output: configuration.audio.output)
        let engines = EngineController(log: log) { [self] options, sink in
            try makeEngine(options, server: server, keeper: keeper, sink: sink)
        }
        let status = DaemonStatus(version: Version.current, log: log, engines: engines) {
            Self.serverStatus(server)
        }
        await createEngine(engines, keeper)

        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let counts = ConnectionCounts()
        let context = ControlContext(
            status: status, keeper: keeper, metrics: { counts.metrics(status) },
            reload: { try await self.reload(engines, keeper, server) }, setLogLevel: { self.output.level = $0 })
        // Before anybody can call: what is taken up again is there already.
        let restorer = Restorer(keeper: keeper, catalogue: catalogue, context: context, logger: logger)
        let joiners = await restorer.begin(joins: configuration.joins)
        let servers = makeSocketServers(sockets, context: context, counts: counts, server: server, group: group)
        for socketServer in servers { try await socketServer.start() }
        ServiceManager.ready(status: statusLine(engines))
        logger.info("ready", metadata: ["control": "\(places.runtime)/control.sock"])

        let heartbeat = startHeartbeat(group.next(), engines, server)
        let staying = Task { await Self.stay(joiners) }
        await handle(signals) { try await self.reload(engines, keeper, server) }

        ServiceManager.stopping()
        logger.info("zegod stops")
        for socketServer in servers { socketServer.refuseRequests() }
        heartbeat.cancel()
        staying.cancel()
        await keeper.flush()
        await leave(engines)
        for socketServer in servers { await socketServer.stop() }
        await server?.stop()
        try? await group.shutdownGracefully()
    }

    // MARK: Start

    private func makeDirectories(_ configuration: DaemonConfiguration) throws {
        try DaemonDirectories.make(places.state, mode: 0o750, group: "zegod", option: "--state-dir")
        try DaemonDirectories.make(
            configuration.filesDirectory, mode: 0o2770, group: "zegod", option: "[files] directory")
    }

    private func startServer(_ configuration: DaemonConfiguration) async throws -> RoomServer? {
        guard configuration.server.isEnabled else { return nil }
        let server = try RoomServer(
            configuration: configuration.server.roomServerConfiguration(
                stateDirectory: places.state, version: Version.current), logger: output.logger("room-server"))
        try await server.start()
        return server
    }

    private func makeSocketServers(
        _ sockets: DaemonSockets, context: ControlContext, counts: ConnectionCounts, server: RoomServer?,
        group: MultiThreadedEventLoopGroup
    ) -> [SocketServer] {
        guard let controlSocket = sockets.control, let eventSocket = sockets.events else { return [] }
        let environment = SocketServer.Environment(group: group, logger: logger)
        let control = SocketServer.control(socket: controlSocket, context: context, environment: environment)
        let events = SocketServer.events(
            socket: eventSocket, status: context.status, limits: .events, environment: environment)
        counts.add(control.limiter)
        counts.add(events.limiter)
        let admin = AdminContext(version: Version.current, server: server)
        let console = SocketServer.lines(
            socket: sockets.admin, admission: .owner, limits: .control,
            catalogue: .admin(version: Version.current, logger: logger), context: admin, log: nil,
            environment: environment)
        return [control, events, console]
    }

    // MARK: The engine

    /// Makes the engine at start, when the configuration suffices. A failure is logged: `createEngine` may mend it.
    private func createEngine(_ engines: EngineController, _ keeper: CallKeeper) async {
        do {
            // The file was checked by the catalogue, so that a call which is there can be read.
            let options = try keeper.calls.engine.map { try EngineOptions($0.params) }
            _ = try await engines.create(options ?? EngineOptions())
        } catch let error as ZegoError where error.code == .appIDZero {
            logger.notice("no engine yet: engine.app_id and engine.app_sign are not set; createEngine takes them")
        } catch {
            logger.error("the engine does not start: \(error)")
        }
    }

    private func makeEngine(
        _ options: EngineOptions, server: RoomServer?, keeper: CallKeeper,
        sink: @escaping @Sendable (EngineEvent) -> UInt64
    ) throws -> any EngineControlling {
        let configuration = configuration.withLock { $0 }
        let url = try EngineServer.url(
            options.server ?? configuration.engine.server, boundAddress: server?.boundAddress)
        let (appID, appSign) = try EngineServer.credentials(options, configuration.engine, server?.apps)
        var engine = EngineConfiguration(
            appID: appID, appSign: appSign, server: url, filesDirectory: configuration.filesDirectory)
        engine.scenario = options.scenario ?? configuration.engine.scenario
        engine.roomMode = options.roomMode ?? configuration.engine.roomMode
        engine.stunServers = configuration.engine.stunServers
        engine.retryWindowSeconds = Double(configuration.engine.retryWindowSeconds)
        engine.trust = configuration.engine.trust
        engine.audioInput = keeper.calls.deviceID("input") ?? configuration.audio.input
        engine.audioOutput = keeper.calls.deviceID("output") ?? configuration.audio.output
        engine.periodMs = configuration.audio.periodMs
        engine.isLowDelay = configuration.audio.isLowDelay
        engine.realtimePriority = configuration.audio.realtimePriority
        engine.echoCancellation = configuration.audio.echoCancellation
        engine.isDiscontinuous = configuration.audio.dtx
        engine.version = Version.current
        if options.appSign == nil, configuration.engine.appSign == nil, let apps = server?.apps {
            // Keys of the embedded server that are rotated are new to its own engine, too.
            engine.appSignSource = { (try? AppID(appID)).flatMap { apps.credentials($0)?.appSign } }
        }
        if (options.server ?? configuration.engine.server ?? "embedded") == "embedded" {
            engine.serverName = "embedded"
        }
        return try VoiceEngine(configuration: engine, logger: output.logger("engine"), events: sink)
    }

    private static func stay(_ joiners: [Joiner]) async {
        await withTaskGroup(of: Void.self) { group in
            for joiner in joiners { group.addTask { await joiner.run() } }
        }
    }

    /// Leaves all rooms and releases all devices, within the time that a stop may take.
    private func leave(_ engines: EngineController) async {
        var isDone = false
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        // Not a task group: that would wait for an engine that hangs.
        let leaving = Task {
            await engines.destroy()
            continuation.yield()
            continuation.finish()
        }
        let deadline = Task {
            try? await Task.sleep(for: .seconds(4))
            continuation.finish()
        }
        for await _ in ended { isDone = true }
        deadline.cancel()
        leaving.cancel()
        if !isDone { logger.error("the engine did not stop in time") }
    }

    // MARK: While it runs

    private func handle(_ signals: SignalStream, reload: () async throws -> JSONObject) async {
        for await signal in signals.stream {
            guard signal == SIGHUP else { return }
            do {
                let result = try await reload()
                logger.info("configuration re-read", metadata: ["result": "\(result)"])
            } catch {
                logger.error("configuration not re-read: \(error)")
            }
        }
    }

    /// Re-reads the configuration; a wrong one changes nothing. Only some keys take effect while the daemon runs.
    private func reload(
        _ engines: EngineController, _ keeper: CallKeeper, _ server: RoomServer?
    ) async throws -> JSONObject {
        ServiceManager.reloading()
        defer { ServiceManager.ready(status: statusLine(engines)) }
        let new: DaemonConfiguration
        var isCertificateTaken = false
        do {
            new = try Self.readConfiguration(places)
            // Read anew even if the keys are the same: the files may be others.
            if let server, new.server.isEnabled {
                isCertificateTaken = try server.use(new.server.certificateFiles)
            }
        } catch {
            throw JSONRPCError(
                code: JSONRPCError.Code.internalError, message: "\(error)",
                data: [
                    "name": "CONFIGURATION_INVALID", "hint": "zegod --check-config says the same; nothing was changed",
                ])
        }
        let old = configuration.withLock { configuration in
            defer { configuration = new }
            return configuration
        }
        output.level = new.logLevel
        keeper.configure(input: new.audio.input, output: new.audio.output)
        var changes = ConfigurationChanges(from: old.json, to: new.json)
        if let engine = engines.running {
            if old.audio.input != new.audio.input { await use(new.audio.input, for: .input, engine) }
            if old.audio.output != new.audio.output { await use(new.audio.output, for: .output, engine) }
        }
        changes.apply { $0 == "log.level" || $0 == "audio.input" || $0 == "audio.output" }
        if isCertificateTaken { changes.apply { ServerSection.certificateKeys.contains($0) } }
        return changes.json
    }

    /// A device that does not open is in use all the same, and is taken up when it comes (`device-state` tells): no reason to
    /// give up a reload half-way.
    private func use(_ deviceID: String, for type: AudioDeviceType, _ engine: any EngineControlling) async {
        do {
            _ = try await engine.useAudioDevice(type, deviceID: deviceID)
        } catch {
            logger.warning("the \(type.rawValue) device \(deviceID) does not run: \(error)")
        }
    }

    /// Feeds the watchdog while the event loop (which runs this) and the threads of the engine and of the room server turn,
    /// and keeps `STATUS=` true.
    private func startHeartbeat(
        _ eventLoop: any EventLoop, _ engines: EngineController, _ server: RoomServer?
    ) -> RepeatedTask {
        let interval = ServiceManager.heartbeatInterval
        return eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
            ServiceManager.status(statusLine(engines))
            let turns = Watchdog.turns(of: engines.snapshot)
                .merging(Watchdog.turns(ofServer: server?.heartbeats() ?? [])) { $1 }
            if let stuck = watchdog.withLock({ $0.stuckThread(turns) }) {
                logger.critical("a thread does not turn: \(stuck)")
            } else {
                ServiceManager.watchdog()
            }
        }
    }

    private func statusLine(_ engines: EngineController) -> String {
        guard let engine = engines.snapshot else { return "no engine" }
        let rooms = engine.rooms.filter { $0.reason.isInRoom }.map(\.roomID)
        let publishing = engine.publishers.filter { $0.state == .publishing }.count
        let playing = engine.players.filter { $0.state == .playing }.count
        return rooms.isEmpty
            ? "in no room" : "in \(rooms.joined(separator: ", ")); publishing \(publishing), playing \(playing)"
    }

    private static func serverStatus(_ server: RoomServer?) -> JSONObject {
        guard let server else { return ["enabled": false] }
        let counts = server.counts
        return [
            "enabled": true, "listen": .string(server.boundAddress ?? ""), "rooms": .integer(Int64(counts.rooms)),
            "users": .integer(Int64(counts.users)), "streams": .integer(Int64(counts.streams)),
        ]
    }
}
