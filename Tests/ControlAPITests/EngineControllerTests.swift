import ControlAPI
import JSONRPC
import Logging
import RoomModel
import Synchronization
import Testing
import Transport
import VoiceEngine

@Suite("The one engine, and rooms of [[join]]")
struct EngineControllerTests {
    private final class Made: Sendable {
        let engines = Mutex<[ScriptedEngine]>([])
        var first: ScriptedEngine {
            get throws { try engines.withLock { try #require($0.first) } }
        }
    }

    private func controller(_ log: EventLog, _ made: Made, failing: Bool = false) -> EngineController {
        EngineController(log: log) { _, sink in
            if failing { throw ZegoError(.appSignNull) }
            let engine = ScriptedEngine(sink: sink)
            made.engines.withLock { $0.append(engine) }
            return engine
        }
    }

    @Test("Many ask at once, one engine is made")
    func once() async throws {
        let made = Made()
        let engines = controller(EventLog(instance: "i"), made)
        let created = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await engines.create(EngineOptions()) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(created == 1)
        #expect(made.engines.withLock { $0.count } == 1)
        await engines.destroy()
        await engines.destroy()
        #expect(engines.stateWithoutEngine == "destroyed")
        #expect(try await engines.create(EngineOptions()))
    }

    @Test("An engine that does not start leaves room for the next attempt")
    func failure() async throws {
        let engines = controller(EventLog(instance: "i"), Made(), failing: true)
        await #expect(throws: ZegoError(.appSignNull)) { try await engines.create(EngineOptions()) }
        #expect(engines.stateWithoutEngine == "none")
        await #expect(throws: ZegoError(.engineNotCreated)) { _ = try await engines.engine() }
        await #expect(throws: ZegoError(.appSignNull)) { try await engines.create(EngineOptions()) }
    }

    private func join(_ play: DaemonConfiguration.Join.Play, publish: String? = nil) throws -> DaemonConfiguration.Join
    {
        let file = try ConfigurationFile(path: "x", text: "[[join]]\nroom = \"lobby\"\nuser = \"kiosk\"")
        var join = try DaemonConfiguration(file: file, stateDirectory: "/s").joins[0]
        join.play = play
        join.publish = publish
        return join
    }

    private func run(
        _ join: DaemonConfiguration.Join, _ body: (ScriptedEngine, Task<Void, Never>) async throws -> Void
    ) async throws {
        let log = EventLog(instance: "i")
        let made = Made()
        let engines = controller(log, made)
        _ = try await engines.create(EngineOptions())
        let joiner = Joiner(
            join, log: log, engines: engines, logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() },
            retryInterval: .milliseconds(20), random: .seeded(1))
        let task = Task { await joiner.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(made.first, task))
        } catch {
            result = .failure(error)
        }
        task.cancel()
        await task.value
        try result.get()
    }

    @Test("Enters, publishes, plays what comes and stops what goes")
    func joins() async throws {
        try await run(join(.all, publish: "mine")) { engine, _ in
            try await until("published") { engine.calls == ["loginRoom lobby", "startPublishing mine"] }
            let stream = StreamDescription(streamID: try StreamID("s1"), user: User(userID: try UserID("u")))
            engine.raise(.streamUpdate(roomID: "lobby", updateType: .add, streamList: [stream], extendedData: [:]))
            try await until("played") { engine.calls.last == "startPlaying s1" }
            engine.raise(.streamUpdate(roomID: "lobby", updateType: .delete, streamList: [stream], extendedData: [:]))
            try await until("stopped") { engine.calls.last == "stopPlaying s1" }
        }
    }

    @Test("A list is played from the start")
    func list() async throws {
        try await run(join(.streams(["a", "b"]))) { engine, _ in
            try await until("played") { engine.calls == ["loginRoom lobby", "startPlaying a", "startPlaying b"] }
        }
    }

    @Test("A failure is tried again for ever; refused credentials, a kick-out and a logout are not")
    func retries() async throws {
        try await run(join(.all)) { engine, _ in
            try await until("in the room") { engine.snapshot().rooms.first?.reason == .logined }
            await engine.failLogins(with: ZegoError(.roomRetryTimeout))
            engine.raise(.roomState(roomID: "lobby", reason: .reconnectFailed, errorCode: 1_002_053, extendedData: [:]))
            let count = engine.calls.count
            try await until("several attempts") { engine.calls.count >= count + 3 }
            await engine.failLogins(with: nil)
            try await until("entered again") { engine.snapshot().rooms.first?.reason == .logined }
        }
        let refused = try join(.all)
        try await run(refused) { engine, task in
            try await until("in the room") { engine.snapshot().rooms.first?.reason == .logined }
            engine.raise(.roomState(roomID: "lobby", reason: .kickOut, errorCode: 1_002_050, extendedData: [:]))
            await task.value
        }
        try await run(refused) { engine, task in
            try await until("in the room") { engine.snapshot().rooms.first?.reason == .logined }
            _ = await engine.logoutRoom(roomID: "lobby")
            await task.value
        }
        try await run(refused) { engine, task in
            await engine.failLogins(with: ZegoError(.authenticationFailed))
            try await until("in the room or refused") { !engine.calls.isEmpty }
            if engine.snapshot().rooms.first?.reason == .logined {
                engine.raise(.roomState(roomID: "lobby", reason: .loginFailed, errorCode: 1_002_033, extendedData: [:]))
            }
            await task.value
        }
    }
}
