import Glibc
import Testing

/// What the callers asked for survives the daemon's end, however it comes.
@Suite("Restore")
struct RestoreTests {
    /// Starts a daemon over the directories of one that has ended, and answers its process when it is ready.
    private func restart(_ daemon: Daemon) throws -> ChildProcess {
        let process = try Daemon.start(in: daemon.directory)
        try waitUntil(upTo: 20, for: "the daemon to answer", instead: { process.output }) {
            guard process.isRunning else { throw WaitedInVain(description: "zegod ended: \(process.output)") }
            return try? daemon.control().call("hello", upTo: 2)
        }
        return process
    }

    @Test(
        "kill -9, and SIGTERM: the call is back within 2 s, with its volumes; a reader that comes with since gets a snapshot",
        .timeLimit(.minutes(2)), arguments: [SIGKILL, SIGTERM])
    func callIsBack(signal: Int32) throws {
        let server = try Daemon(input: "tone:440")
        try server.login("room1", as: "server")
        try server.control().call("startPublishing", ["streamID": "far", "wait": 20])
        let heard = try server.events()

        let daemon = try Daemon(server: try server.asServer(), input: "tone:880")
        try daemon.login("room1", as: "user1")
        let control = try daemon.control()
        try control.call("startPublishing", ["streamID": "near", "wait": 20])
        try control.call("startPlaying", ["streamID": "far", "wait": 20])
        try control.call("setPlayVolume", ["streamID": "far", "volume": 60])
        try control.call("muteSpeaker", ["mute": true])
        try heard.next("stream-update") { $0["updateType"].string == "add" }
        let before = try control.call("status")
        // Settings are gathered for a quarter of a second before they are written.
        try waitUntil(upTo: 5, for: "the settings on the disk") {
            try Files.text(daemon.directory.file("state/state.json")).contains("muteSpeaker") ? true : nil
        }

        daemon.process.send(signal)
        try daemon.process.wait(upTo: 10)
        let started = monotonicSeconds()
        let again = try restart(daemon)
        let status = try waitUntil(upTo: 10, for: "the call", instead: { again.output }) { () -> JSON? in
            let status = try daemon.status()
            return status["publishers"][0]["state"].string == "publishing"
                && status["players"][0]["state"].string == "playing" ? status : nil
        }
        #expect(monotonicSeconds() - started < 2)
        #expect(status["rooms"][0]["reason"].string == "logined")
        #expect(status["rooms"][0]["user"]["userID"].string == "user1")
        #expect(status["publishers"][0]["streamID"].string == "near")
        #expect(status["players"][0]["streamID"].string == "far")
        #expect(status["players"][0]["volume"].integer == 60)
        #expect(status["audio"]["muteSpeaker"].bool == true)
        #expect(status["instance"] != before["instance"])
        // The other end hears the stream again.
        try heard.next("stream-update") { $0["updateType"].string == "add" }

        let since: JSON = ["instance": before["instance"], "seq": before["seq"]]
        let resumed = try daemon.control().call("subscribe", ["since": since])
        #expect(resumed["resumed"].bool == false)
        #expect(resumed["snapshot"]["rooms"][0]["reason"].string == "logined")

        // Who leaves is not brought back.
        try daemon.control().call("logoutRoom")
        again.send(SIGKILL)
        try again.wait(upTo: 10)
        let last = try restart(daemon)
        #expect(try daemon.status()["rooms"].array.isEmpty)
        #expect(try daemon.status()["audio"]["muteSpeaker"].bool == true)
        last.stop()
    }

    @Test(
        "recordings and played files go on in files of their own; what was written before stays",
        .timeLimit(.minutes(2)))
    func filesGoOn() throws {
        let server = try Daemon(input: "tone:440")
        try server.login("room1", as: "server")
        try server.control().call("startPublishing", ["streamID": "far", "wait": 20])
        let daemon = try Daemon(server: try server.asServer())
        try daemon.login("room1", as: "user1")
        let control = try daemon.control()
        let playing = try control.call("startPlaying", ["streamID": "far", "sink": ["file": "far.wav"], "wait": 20])
        #expect(playing["file"].string == "far.wav")
        #expect(try control.call("startRecording", ["path": "call.ogg", "type": "mix"])["path"].string == "call.ogg")
        func seconds(_ name: String) -> Double {
            Double((try? WAVFile(path: daemon.media(name)))?.samples.count ?? 0) / Double(WAVFile.rate)
        }
        try waitUntil(upTo: 20, for: "two seconds") { seconds("far.wav") > 2 ? true : nil }

        daemon.process.send(SIGKILL)
        try daemon.process.wait(upTo: 10)
        let before = try ["far.wav", "call.ogg"].map { try Command.demand(["sha256sum", daemon.media($0)]) }
        let again = try restart(daemon)
        try waitUntil(upTo: 20, for: "the files to go on", instead: { again.output }) {
            let path = try daemon.status()["recordings"][0]["path"].string
            return seconds("far-2.wav") > 2 && path == "call-2.ogg" ? true : nil
        }
        #expect(try ["far.wav", "call.ogg"].map { try Command.demand(["sha256sum", daemon.media($0)]) } == before)
        #expect(try WAVFile(path: daemon.media("far-2.wav")).loudestTone().hertz.rounded() == 440)
        // By the name that it was asked for under.
        try daemon.control().call("stopRecording", ["path": "call.ogg"])
        try daemon.control().call("stopPlaying", ["streamID": "far"])
        again.stop()
        let last = try restart(daemon)
        #expect(try daemon.status()["recordings"].array.isEmpty)
        #expect(!Files.exists(daemon.media("far-3.wav")) && !Files.exists(daemon.media("call-3.ogg")))
        last.stop()
    }

    @Test("a damaged state file is set aside and said; the daemon starts", .timeLimit(.minutes(2)))
    func damaged() throws {
        let daemon = try Daemon()
        daemon.process.stop()
        try Files.write("{\"version\":1,", to: daemon.directory.file("state/state.json"))
        let again = try restart(daemon)
        #expect(again.output.contains("state.json is damaged"), "\(again.output)")
        #expect(try daemon.status()["engine"]["state"].string == "running")
        let names = try Command.demand(["ls", daemon.directory.file("state")])
        #expect(names.contains("state.json.damaged-"), "\(names)")
        again.stop()
    }
}
