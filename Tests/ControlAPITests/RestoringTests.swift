import ControlAPI
import Glibc
import JSONRPC
import Logging
import RoomModel
import Synchronization
import Testing
import VoiceEngine

/// A daemon's inside that is started again and again over one state directory.
private struct Start {
    let log: EventLog
    let keeper: CallKeeper
    let engines: EngineController
    let context: ControlContext
    let catalogue: Catalogue<ControlContext>
    let restorer: Restorer
    let engine: ScriptedEngine

    init(_ directory: TestDirectory) async throws {
        let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        log = EventLog(instance: "i")
        catalogue = .control(version: "1", logger: logger)
        keeper = CallKeeper(
            file: StateFile(stateDirectory: directory.path), catalogue: catalogue, log: log, logger: logger)
        let made = Mutex<ScriptedEngine?>(nil)
        let box = Box(made: made)
        engines = EngineController(log: log) { _, sink in
            let engine = ScriptedEngine(sink: sink)
            box.made.withLock { $0 = engine }
            return engine
        }
        let status = DaemonStatus(version: "1", log: log, engines: engines) { [:] }
        context = ControlContext(
            status: status, keeper: keeper, metrics: { "" }, reload: { [:] }, setLogLevel: { _ in })
        restorer = Restorer(keeper: keeper, catalogue: catalogue, context: context, logger: logger)
        _ = try await engines.create(EngineOptions())
        engine = try #require(box.made.withLock { $0 })
    }

    private final class Box: Sendable {
        let made: Mutex<ScriptedEngine?>
        init(made: consuming Mutex<ScriptedEngine?>) { self.made = made }
    }

    private struct Nobody: ConnectionFace {
        var credentials: PeerCredentials? { nil }
        var wake: @Sendable () -> Void { {} }
    }

    func call(_ method: String, _ params: JSONObject = [:]) async throws {
        let request = JSONRPCRequest(method: method, params: .object(params))
        _ = try await catalogue.dispatch(request, context: context, connection: Nobody()).get()
    }
}

@Suite("Taken up again after a restart")
struct RestoringTests {
    private static let login: JSONObject = ["roomID": "room1", "user": ["userID": "u"], "config": ["token": "secret"]]

    private func files(_ directory: TestDirectory) -> [String] {
        var names: [String] = []
        guard let handle = opendir(directory.path) else { return [] }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    @Test("A call that was answered is on the disk; the next start makes it again")
    func again() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        try await first.call("loginRoom", Self.login)
        try await first.call("startPublishing", ["streamID": "mine"])
        try await first.call("startPlaying", ["streamID": "far"])
        try await first.call("startPlaying", ["streamID": "studio", "whep": ["url": "https://h/"]])
        // Nothing is flushed and nothing is stopped: this start is over now.
        var status = stat()
        #expect(stat(directory.path + "/state.json", &status) == 0 && status.st_mode & 0o777 == 0o600)

        let second = try await Start(directory)
        let joiners = await second.restorer.begin(joins: [])
        #expect(joiners.count == 1)
        #expect(
            second.engine.calls == [
                "startPlaying studio", "loginRoom room1", "startPublishing mine", "startPlaying far",
            ])

        try await second.call("logoutRoom")
        let third = try await Start(directory)
        #expect(await third.restorer.begin(joins: []).isEmpty)
        #expect(third.engine.calls == ["startPlaying studio"], "a logout is none of its business")
    }

    @Test("Files go on in others with a number: nothing that was written before is touched")
    func files() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        try await first.call("loginRoom", Self.login)
        try await first.call("startPlaying", ["streamID": "far", "sink": ["file": "far.wav"]])
        try await first.call("startRecording", ["path": "a.ogg", "type": "mix", "overwrite": true])
        try await first.call("startRecording", ["path": "full.wav", "type": "mix"])
        // A disk that is full ends a recording for good.
        first.engine.raise(.recordingState(path: "full.wav", type: .mix, state: .failed, errorCode: 1_010_017))
        #expect(first.keeper.calls.recordings.count == 1)
        await first.keeper.flush()
        let second = try await Start(directory)
        _ = await second.restorer.begin(joins: [])
        #expect(
            second.engine.calls == [
                "startRecording a.ogg mix number", "loginRoom room1", "startPlaying far into far.wav, numbered",
            ])
    }

    @Test("Settings follow, and are there after an orderly stop")
    func settings() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        for volume in 0..<100 { try await first.call("setCaptureVolume", ["volume": .integer(Int64(volume))]) }
        try await first.call("setAudioConfig", ["bitrateKbps": 32])
        await first.keeper.flush()
        let second = try await Start(directory)
        _ = await second.restorer.begin(joins: [])
        #expect(second.engine.calls == ["setCaptureVolume 99", "setAudioConfig 48 mono 20"])
    }

    @Test("A slider that moves is written four times a second, not each time")
    func gathered() async throws {
        let directory = try TestDirectory()
        let start = try await Start(directory)
        var files: Set<UInt64> = []
        let began = ContinuousClock.now
        // Each write puts another file in the place of the last one.
        for step in 0..<100 {
            try await start.call("setCaptureVolume", ["volume": .integer(Int64(step))])
            try await Task.sleep(for: .milliseconds(10))
            var status = stat()
            if stat(directory.path + "/state.json", &status) == 0 {
                files.insert(UInt64(status.st_ctim.tv_sec) * 1_000_000_000 + UInt64(status.st_ctim.tv_nsec))
            }
        }
        let quarters = (ContinuousClock.now - began) / .milliseconds(250)
        #expect(
            !files.isEmpty && Double(files.count) <= quarters + 1,
            "\(files.count) writes in \(quarters) quarters of a second")
    }

    @Test("destroy forgets all; a kick-out and refused credentials forget the room, a lost server does not")
    func forgotten() async throws {
        let directory = try TestDirectory()
        for (reason, code, isKept) in [
            (RoomStateReason.kickOut, 1_002_055, false), (.loginFailed, 1_002_033, false),
            (.reconnectFailed, 1_002_053, true),
        ] {
            let start = try await Start(directory)
            try await start.call("loginRoom", Self.login)
            start.engine.raise(.roomState(roomID: "room1", reason: reason, errorCode: code, extendedData: [:])) {
                $0.rooms[0].reason = reason
            }
            if isKept {
                await start.keeper.flush()
                #expect(start.keeper.calls.hasRoom("room1"))
            } else {
                try await until("the room is forgotten") { !start.keeper.calls.hasRoom("room1") }
            }
        }
        let start = try await Start(directory)
        try await start.call("muteMicrophone", ["mute": true])
        try await start.call("destroy")
        let next = try await Start(directory)
        #expect(next.keeper.calls.isEmpty)
    }

    @Test("A stream that ended by itself and is played anew is kept as it was asked for then")
    func playedAnew() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        try await first.call("loginRoom", Self.login)
        try await first.call("startPlaying", ["streamID": "far", "sink": ["file": "old.wav"]])
        try await first.call("setPlayVolume", ["streamID": "far", "volume": 10])
        // Played already: the engine leaves it as it is.
        try await first.call("startPlaying", ["streamID": "far", "sink": ["file": "none.wav"]])
        #expect(first.keeper.calls.streams(in: "room1").first?.params["sink"] == ["file": "old.wav"])
        first.engine.raise(.playerState(streamID: "far", state: .noPlay, errorCode: 1_004_001, extendedData: [:]))
        #expect(first.keeper.calls.streams(in: "room1").count == 2, "it is tried again after a restart")
        try await first.call("startPlaying", ["streamID": "far", "sink": ["file": "new.wav"]])
        let streams = first.keeper.calls.streams(in: "room1")
        #expect(streams.count == 1)
        #expect(streams.first?.params["sink"] == ["file": "new.wav"])
    }

    @Test("A failed call is not kept, one that goes on beyond its wait is")
    func failed() async throws {
        let directory = try TestDirectory()
        let start = try await Start(directory)
        await start.engine.failLogins(with: ZegoError(.authenticationFailed))
        await #expect(throws: JSONRPCError.self) { try await start.call("loginRoom", Self.login) }
        #expect(start.keeper.calls.isEmpty)
        await start.engine.failLogins(with: nil)
        await start.engine.holdLogins()
        await #expect(throws: JSONRPCError.self) {
            try await start.call("loginRoom", Self.login.merging(["wait": 0.01]))
        }
        #expect(start.keeper.calls.hasRoom("room1"))
        await start.engine.releaseLogins()
    }

    @Test("A restored room is tried for ever, unless somebody leaves it")
    func retried() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        try await first.call("loginRoom", Self.login)
        try await first.call("startPublishing", ["streamID": "mine"])

        let second = try await Start(directory)
        await second.engine.failLogins(with: ZegoError(.roomRetryTimeout))
        let joiner = try #require(await second.restorer.begin(joins: [], retryInterval: .milliseconds(20)).first)
        let task = Task { await joiner.run() }
        try await until("several attempts") { second.engine.calls.filter { $0 == "loginRoom room1" }.count >= 3 }
        await second.engine.failLogins(with: nil)
        try await until("in the room with its stream") { second.engine.calls.last == "startPublishing mine" }
        second.engine.raise(
            .roomState(roomID: "room1", reason: .reconnectFailed, errorCode: 1_002_053, extendedData: [:]))
        try await second.call("logoutRoom")
        await task.value
        #expect(second.keeper.wasLeft("room1"))
    }

    @Test("[[join]] wins, and what was published and played in its room beside is taken up in it")
    func join() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        try await first.call("loginRoom", ["roomID": "lobby", "user": ["userID": "u"]])
        try await first.call("startPlaying", ["streamID": "far"])
        let text = "[[join]]\nroom = \"lobby\"\nuser = \"kiosk\"\npublish = \"mic\""
        let joins = try DaemonConfiguration(
            file: ConfigurationFile(path: "x", text: text), stateDirectory: directory.path
        ).joins
        let second = try await Start(directory)
        let joiners = await second.restorer.begin(joins: joins)
        #expect(joiners.count == 1)
        let task = Task { await joiners[0].run() }
        try await until("all is there") {
            second.engine.calls == ["loginRoom lobby", "startPublishing mic", "startPlaying far"]
        }
        task.cancel()
        await task.value
    }

    @Test(
        "A damaged file is set aside, told, and does not stop the start",
        arguments: [
            "", "{", "[]", #"{"version":2,"calls":[]}"#, #"{"version":1}"#, #"{"version":1,"calls":[{"method":5}]}"#,
        ])
    func damaged(text: String) async throws {
        let directory = try TestDirectory()
        _ = try directory.write("state.json", text)
        let start = try await Start(directory)
        #expect(start.keeper.calls.isEmpty)
        let names = files(directory)
        #expect(names.count == 1 && names[0].hasPrefix("state.json.damaged-"), "\(names)")
        #expect(start.log.lastSeq == 3, "a debug-error tells it, before the engine's two events")
        try await start.call("loginRoom", Self.login)
        #expect(files(directory).contains("state.json"))
    }

    @Test("A call that this version does not take is left out, the others are made; its values are not told")
    func unknownCalls() async throws {
        let directory = try TestDirectory()
        _ = try directory.write(
            "state.json",
            #"{"version":1,"calls":[{"method":"fly","params":{"token":"hidden"}},{"method":"setCaptureVolume","params":{"volume":"hidden"}},"#
                + #"{"method":"status","params":{}},{"method":"muteSpeaker","params":{"mute":true}}]}"#)
        let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        let content = StateFile(stateDirectory: directory.path).read(catalogue: .control(version: "1", logger: logger))
        #expect(content.calls.calls.map(\.method) == ["muteSpeaker"])
        #expect(content.problems.count == 3)
        #expect(!content.problems.joined().contains("hidden"))
    }

    @Test("A device that was chosen counts until the configuration says something new")
    func devices() async throws {
        let directory = try TestDirectory()
        let first = try await Start(directory)
        first.keeper.configure(input: "default", output: "default")
        try await first.call("useAudioDevice", ["type": "input", "deviceID": "hw:1"])
        try await first.call("useAudioDevice", ["type": "output", "deviceID": "hw:2"])
        let second = try await Start(directory)
        second.keeper.configure(input: "default", output: "null")
        #expect(second.keeper.calls.deviceID("input") == "hw:1")
        #expect(second.keeper.calls.deviceID("output") == nil)
    }

    @Test("A disk that is full is told once, and calls are answered all the same")
    func fullDisk() async throws {
        let directory = try TestDirectory()
        let start = try await Start(directory)
        // A folder in its place: renaming over it fails, as root too.
        #expect(mkdir(directory.path + "/state.json", 0o700) == 0)
        _ = try directory.write("state.json/x", "")
        let before = start.log.lastSeq
        try await start.call("startPlaying", ["streamID": "a"])
        try await start.call("startPlaying", ["streamID": "b"])
        #expect(start.log.lastSeq == before + 3, "two player-state and one debug-error")
        unlink(directory.path + "/state.json/x")
        rmdir(directory.path + "/state.json")
        try await start.call("startPlaying", ["streamID": "c"])
        #expect(files(directory) == ["state.json"])
    }
}
