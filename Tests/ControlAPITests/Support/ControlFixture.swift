import ControlAPI
import JSONRPC
import Logging
import NIOCore
import NIOPosix
import Synchronization
import VoiceEngine

/// A control and an event socket over a scripted engine.
final class ControlFixture: Sendable {
    let directory: TestDirectory
    let log: EventLog
    let engines: EngineController
    let status: DaemonStatus
    let context: ControlContext
    let control: SocketServer
    let events: SocketServer
    private let group: MultiThreadedEventLoopGroup
    private let engine: Mutex<ScriptedEngine?>

    /// - Parameter adjust: changes the limits before the sockets open.
    private init(
        logLimits: EventLog.Limits, createsEngine: Bool, adjust: (inout SocketServer.Environment) -> Void
    ) async throws {
        directory = try TestDirectory()
        let log = EventLog(instance: "test-instance", limits: logLimits)
        self.log = log
        let box = EngineBox()
        engines = EngineController(log: log) { _, sink in
            let engine = ScriptedEngine(sink: sink)
            box.engine.withLock { $0 = engine }
            return engine
        }
        status = DaemonStatus(version: "9.9.9", log: log, engines: engines) { ["enabled": false] }
        let counts = ConnectionCounts()
        let status = status
        context = ControlContext(
            status: status, metrics: { counts.metrics(status) },
            reload: { ["applied": [], "restartNeeded": ["server.port"]] }, setLogLevel: { _ in })
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var environment = SocketServer.Environment(
            group: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        adjust(&environment)
        control = .control(
            socket: try .make(path: directory.path + "/control.sock", mode: 0o660), context: context,
            environment: environment)
        events = .events(
            socket: try .make(path: directory.path + "/events.sock", mode: 0o660), status: status, limits: .events,
            environment: environment)
        try await control.start()
        try await events.start()
        if createsEngine { _ = try await engines.create(EngineOptions()) }
        engine = Mutex(box.engine.withLock { $0 })
    }

    private final class EngineBox: Sendable {
        let engine = Mutex<ScriptedEngine?>(nil)
    }

    /// The engine; there is one unless the fixture was made without.
    var scripted: ScriptedEngine {
        get throws {
            guard let engine = engine.withLock({ $0 }) else { throw TestFailure("no engine") }
            return engine
        }
    }

    func client() throws -> TestClient { try TestClient(directory.path + "/control.sock") }
    func reader() throws -> TestClient { try TestClient(directory.path + "/events.sock") }

    /// Runs a test with a fixture and takes it down whatever happens.
    static func with(
        logLimits: EventLog.Limits = .init(), createsEngine: Bool = true,
        adjust: (inout SocketServer.Environment) -> Void = { _ in },
        _ body: (ControlFixture) async throws -> Void
    ) async throws {
        let fixture = try await ControlFixture(logLimits: logLimits, createsEngine: createsEngine, adjust: adjust)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        await fixture.control.stop()
        await fixture.events.stop()
        try await fixture.group.shutdownGracefully()
        try result.get()
    }
}

/// Waits until a condition holds; throws when it does not in time.
func until(
    _ what: String, within seconds: Double = 10, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TestFailure("not in \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
