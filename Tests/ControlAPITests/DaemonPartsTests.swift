import ControlAPI
import JSONRPC
import Testing
import VoiceEngine

@Suite("Parts of a daemon and of its command line")
struct DaemonPartsTests {
    @Test("The watchdog is fed only while every thread turns")
    func watchdog() {
        var watchdog = Watchdog()
        func isAlive(_ audio: UInt64, _ media: UInt64) -> Bool {
            watchdog.isAlive(Watchdog.Turns(audio: audio, media: media))
        }
        let withoutEngine = watchdog.isAlive(nil)
        #expect(withoutEngine)
        #expect(isAlive(1, 1))
        #expect(isAlive(2, 2))
        #expect(watchdog.stuckThread(.init(audio: 2, media: 3)) == "audio")
        #expect(!isAlive(2, 3))
        #expect(watchdog.stuckThread(.init(audio: 3, media: 3)) == "media")
        #expect(!isAlive(3, 3))
        _ = watchdog.isAlive(nil)
        #expect(isAlive(3, 3))
        #expect(Watchdog.Turns(ScriptedEngine.emptySnapshot) == nil)
    }

    @Test("Metrics: every name has help and type, and no label tells who is there")
    func metrics() async throws {
        let log = EventLog(instance: "i")
        let engines = EngineController(log: log) { _, sink in ScriptedEngine(sink: sink) }
        _ = try await engines.create(EngineOptions())
        let status = DaemonStatus(version: "1", log: log, engines: engines) { [:] }
        let text = MetricsText.daemon(status: status, controlConnections: 2, eventConnections: 3)
        var typed: Set<Substring> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") { typed.insert(line.split(separator: " ")[2]) }
            guard !line.hasPrefix("#") else { continue }
            let name = line.prefix { $0 != "{" && $0 != " " }
            #expect(typed.contains(name), "\(line)")
            #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
        }
        #expect(text.contains("zegod_connections{socket=\"events\"} 3\n"))
        #expect(text.contains("zegod_events_total 2\n"))
        #expect(text.contains("zegod_delay_milliseconds{part=\"encode\"} 26.5\n"))
    }

    @Test("Arguments of a call: JSON where the parameter takes it, else text")
    func callArguments() throws {
        func params(_ method: String, _ arguments: [String]) throws -> JSONObject {
            try CallArguments.params(arguments, parameters: MethodParameters.find(method)?.parameters)
        }
        #expect(
            try params("loginRoom", ["roomID=5", "user.userID=true", "config.isUserStatusNotify=true", "wait=2.5"])
                == ["roomID": "5", "user": ["userID": "true"], "config": ["isUserStatusNotify": true], "wait": 2.5])
        #expect(try params("startPlaying", ["streamID=null", "wait=false"]) == ["streamID": "null", "wait": false])
        #expect(
            try params("startPublishing", ["streamID=a", "source.file=1", "source.loop=true"])
                == ["streamID": "a", "source": ["file": "1", "loop": true]])
        #expect(try params("startPublishing", ["source={\"tone\":440}"]) == ["source": ["tone": 440]])
        #expect(try params("unknown", ["a=1", "b=x=y"]) == ["a": 1, "b": "x=y"])
        #expect(try params("subscribe", [#"{"events":["room-*"]}"#]) == ["events": ["room-*"]])
        #expect(try params("hello", []) == [:])
        for wrong in [["x"], ["=1"], ["a..b=1"], ["{"], ["{}", "a=1"]] {
            #expect(throws: CallArgumentError.self) { try params("hello", wrong) }
        }
        #expect(MethodParameters.find("app.list")?.socket == .admin)
        #expect(MethodParameters.find("status")?.socket == .control)
        #expect(MethodParameters.find("nothing") == nil)
    }

    @Test("Where the log goes")
    func logOutput() {
        #expect(DaemonLog.Output.detect { _ in nil } == .plain)
        // A JOURNAL_STREAM that is not this process's standard error was inherited by mistake.
        #expect(DaemonLog.Output.detect { $0 == "JOURNAL_STREAM" ? "0:0" : nil } == .plain)
    }
}
