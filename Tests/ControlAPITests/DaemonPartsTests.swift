import ControlAPI
import JSONRPC
import Testing
import VoiceEngine

@Suite("Parts of a daemon and of its command line")
struct DaemonPartsTests {
    @Test("The watchdog is fed only while every thread turns")
    func watchdog() {
        var watchdog = Watchdog()
        func stuck(_ turns: Watchdog.Turns) -> String? { watchdog.stuckThread(turns) }
        #expect(stuck([:]) == nil)
        #expect(stuck(["audio": 1, "media": 1]) == nil)
        #expect(stuck(["audio": 2, "media": 2]) == nil)
        #expect(stuck(["audio": 2, "media": 3]) == "audio")
        #expect(stuck(["audio": 3, "media": 3]) == "media")
        #expect(stuck([:]) == nil)
        #expect(stuck(["audio": 3, "media": 3]) == nil)
        #expect(Watchdog.turns(of: ScriptedEngine.emptySnapshot).isEmpty)
        #expect(Watchdog.turns(ofServer: [5, 6]).values.sorted() == [5, 6])
    }

    @Test("Metrics: every name has help and type, and no label tells who is there")
    func metrics() async throws {
        let log = EventLog(instance: "i")
        let engines = EngineController(log: log) { _, sink in ScriptedEngine(sink: sink) }
        _ = try await engines.create(EngineOptions())
        let status = DaemonStatus(version: "1", log: log, engines: engines) { [:] }
        let text = MetricsText.daemon(status: status, controlConnections: 2, eventConnections: 3)
        var types: [Substring: Substring] = [:]
        var helped: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                helped.insert(words[2])
                #expect(line.hasSuffix("."), "\(line)")
            }
            if line.hasPrefix("# TYPE ") { #expect(types.updateValue(words[3], forKey: words[2]) == nil, "\(line)") }
            guard !line.hasPrefix("#") else { continue }
            let name = line.prefix { $0 != "{" && $0 != " " }
            let type = try #require(types[name], "\(line)")
            #expect(helped.contains(name), "\(line)")
            #expect(Double(words.last ?? "") != nil, "\(line)")
            // The conventions: base units, and _total at the end of counters and nowhere else.
            #expect(name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(line)")
            #expect(name.hasSuffix("_total") == (type == "counter"), "\(line)")
            for unit in ["millisecond", "_ms", "kbps", "percent"] { #expect(!name.contains(unit), "\(line)") }
        }
        #expect(text.contains("zegod_connections{socket=\"events\"} 3\n"))
        #expect(text.contains("zegod_events_total 2\n"))
        #expect(text.contains("zegod_delay_seconds{part=\"encode\"} 0.0265\n"))
    }

    @Test("The dashboard shows metrics that there are")
    func dashboard() async throws {
        let log = EventLog(instance: "i")
        let engines = EngineController(log: log) { _, sink in ScriptedEngine(sink: sink) }
        _ = try await engines.create(EngineOptions())
        try #require(await engines.engine() as? ScriptedEngine).showQuality()
        let status = DaemonStatus(version: "1", log: log, engines: engines) { [:] }
        let text = MetricsText.daemon(status: status, controlConnections: 2, eventConnections: 3)
        let dashboard = try RepositoryFile.text("contrib/grafana/zegod.json")
        #expect(throws: Never.self) { try JSONValue(parsing: dashboard) }
        let shown = Set(dashboard.matches(of: /\b(?:zegod|process)_[a-z_]+/).map { String($0.output) })
        #expect(shown.count > 10)
        for name in shown { #expect(text.contains("# TYPE \(name) "), "\(name)") }
        let server = try RepositoryFile.text("Sources/RoomServer/Status/Metrics.swift")
        for match in dashboard.matches(of: /\bzego_room_([a-z_]+)/) {
            #expect(server.contains("\"\(match.output.1)\""), "\(match.output.0)")
        }
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
