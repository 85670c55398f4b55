import StallWatch
import Testing

/// WHIP and WHEP against a WebRTC stack that we did not write (aiortc).
@Suite("Foreign peers", .realTime)
struct ForeignPeerTests {
    /// The voice has 7.4 s; in so many seconds a whole pass of it is somewhere.
    private static let seconds = 18.0

    private static func token(_ daemon: Daemon, _ user: String, _ more: [String] = []) throws -> String {
        let output = try Command.demand(
            [Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", user, "--room", "room1"] + more)
        return String(output.filter { $0 != "\n" })
    }

    /// The URLs of the daemon's embedded room server for a stream.
    private static func urls(_ daemon: Daemon, _ stream: String) throws -> (whip: String, whep: String) {
        let app = try daemon.asServer().application.id
        let base = "http://127.0.0.1:\(try daemon.serverPort())"
        return ("\(base)/whip/\(app)/room1/\(stream)", "\(base)/whep/\(app)/\(stream)")
    }

    private static func start(
        _ kind: String, _ url: String, file: String, seconds: Double, token: String, output: String,
        profile: String? = nil
    ) throws -> ChildProcess {
        try ChildProcess(
            [Programs.python, "\(Programs.tools)/foreign_peer.py", kind, url, file, "\(seconds)"], output: output,
            environment: profile.map { ["TOKEN": token, "PROFILE": $0] } ?? ["TOKEN": token])
    }

    /// What the peer says at its end.
    private static func end(_ process: ChildProcess) throws -> JSON {
        let status = try process.wait(upTo: 60)
        guard status == 0, let line = process.output.split(separator: "\n").last else {
            throw WaitedInVain(description: "the foreign peer ended with \(status): \(process.output)")
        }
        let report = try JSON(line: String(line))
        #expect(report["post"].integer == 201 && report["delete"].integer == 200)
        #expect(report["deleteAgain"].integer == 404)
        #expect(report["location"].string?.hasPrefix("http://127.0.0.1:") ?? false)
        return report
    }

    @Test("aiortc publishes by WHIP: a user of the room, heard by the daemon as it was", .timeLimit(.minutes(5)))
    func publishing() throws {
        let daemon = try Daemon()
        try daemon.login("room1", as: "user1")
        let events = try daemon.events()
        let place = try TemporaryDirectory()
        let peer = try Self.start(
            "whip", Self.urls(daemon, "encoder1").whip, file: Programs.voice, seconds: Self.seconds,
            token: Self.token(daemon, "encoder"), output: place.file("whip"), profile: "SRTP_AES128_CM_SHA1_80")
        let came = try events.next("user-update") { $0["updateType"].string == "add" }
        #expect(came["userList"][0]["userID"].string == "encoder")
        let stream = try events.next("stream-update") { $0["updateType"].string == "add" }
        #expect(stream["streamList"][0]["streamID"].string == "encoder1")
        #expect(stream["streamList"][0]["user"]["userID"].string == "encoder")
        try daemon.control().call(
            "startPlaying",
            [
                "streamID": "encoder1", "sink": ["file": "heard.wav"], "wait": 20,
                // Python sends at an uneven pace; how the jitter buffer follows such a one is judged elsewhere.
                "bufferRange": ["minMs": 600, "maxMs": 1500],
            ])

        let gone = try events.next("stream-update", upTo: 60) { $0["updateType"].string == "delete" }
        #expect(gone["streamList"][0]["streamID"].string == "encoder1")
        try events.next("user-update") { $0["updateType"].string == "delete" }
        try daemon.control().call("stopPlaying", ["streamID": "encoder1"])
        let report = try Self.end(peer)
        print("measured: aiortc by WHIP: \(report["packets"]) packets, \(report["remoteLost"]) lost")
        #expect(report["profile"].string == "SRTP_AES128_CM_SHA1_80", "the only one that it offers")
        let judgement = try SoundJudge.hear(reference: Programs.voice, recording: daemon.media("heard.wav"))
        print("measured: aiortc by WHIP, heard by zegod: \(judgement)")
        // libav makes stereo of the mono file with 3 dB less in each channel.
        #expect(judgement.found && judgement.pesq >= 4 && judgement.recognised >= 0.95, "\(judgement)")
        #expect(abs(judgement.levelDecibel + 3) < 1, "\(judgement)")
        #expect(!daemon.log.contains("04AAAA"), "a token is in the log")
    }

    @Test("aiortc plays by WHEP what the daemon publishes, as it was", .timeLimit(.minutes(5)))
    func playing() throws {
        let daemon = try Daemon(input: "file:\(Programs.voice)")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("setAudioConfig", ["bitrateKbps": 64])
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let events = try daemon.events()
        let place = try TemporaryDirectory()
        let peer = try Self.start(
            "whep", Self.urls(daemon, "stream1").whep, file: place.file("heard.wav"), seconds: Self.seconds,
            token: Self.token(daemon, "player", ["--listen-only"]), output: place.file("whep"))
        let came = try events.next("user-update") { $0["updateType"].string == "add" }
        #expect(came["userList"][0]["userID"].string == "player")
        let report = try Self.end(peer)
        print("measured: aiortc by WHEP: \(report["packets"]) packets, \(report["lost"]) lost")
        #expect(report["profile"].string == "SRTP_AEAD_AES_128_GCM", "the first that both have")
        #expect((report["packets"].integer ?? 0) > 800)
        #expect(report["lost"].integer == 0)
        try events.next("user-update") { $0["updateType"].string == "delete" }
        let judgement = try SoundJudge.hear(reference: Programs.voice, recording: place.file("heard.wav"))
        print("measured: zegod, heard by aiortc by WHEP: \(judgement)")
        #expect(judgement.isGood, "\(judgement)")
    }

    @Test("curl and zegoctl: tokens, links, and what a room server says without one", .timeLimit(.minutes(2)))
    func commandLine() throws {
        let daemon = try Daemon()
        let ctl = [Programs.zegoctl, "--socket", daemon.controlSocket]
        let link = try Command.demand(ctl + ["token", "--user", "guest", "--room", "room#1", "--link"])
        let port = try daemon.serverPort()
        let app = try daemon.asServer().application.id
        #expect(link.hasPrefix("http://127.0.0.1:\(port)/#app=\(app)&room=room%231&user=guest&token=04AAAA"))
        let token = try Command.demand(ctl + ["--json", "token", "--user", "guest", "--ttl", "60"])
        #expect(try JSON(line: token)["token"].string?.hasPrefix("04") ?? false)
        #expect(try Command.run(ctl + ["token", "--user", "a/b"]).status == 1)
        #expect(try Command.run(ctl + ["token", "--user", "u", "--ttl", "0"]).status == 1)
        #expect(try Command.run(ctl + ["token", "--user", "u", "--app", "1"]).status == 1)
        let whip = try Self.urls(daemon, "a").whip
        let refused = try Command.demand(
            [
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/sdp", "-d", "x",
                whip,
            ])
        #expect(refused == "401")
    }
}
