import StallWatch
import Testing

/// The engine as a client of WHIP and WHEP servers: ours, and one over a stack that we did not write.
@Suite("WHIP and WHEP clients", .realTime)
struct EndpointTests {
    /// The voice has 7.4 s; in so many seconds a whole pass of it is somewhere.
    private static let seconds = 17.0

    private static func token(_ daemon: Daemon, _ user: String, _ more: [String] = []) throws -> String {
        let output = try Command.demand(
            [Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", user, "--room", "room1"] + more)
        return String(output.filter { $0 != "\n" })
    }

    private static func zegoctl(_ daemon: Daemon, _ arguments: [String], input: String? = nil) throws -> Command {
        try Command.run([Programs.zegoctl, "--socket", daemon.controlSocket] + arguments, input: input)
    }

    /// Waits until a file that a player writes holds enough.
    private static func hear(_ path: String) throws {
        try waitUntil(upTo: 60, for: "enough to be heard") { () -> Bool? in
            guard let file = try? WAVFile(path: path) else { return nil }
            return Double(file.samples.count) / Double(WAVFile.rate) > seconds ? true : nil
        }
    }

    @Test("a voice goes by WHIP into another daemon's room and comes back by WHEP", .timeLimit(.minutes(3)))
    func ownDoors() throws {
        let server = try Daemon()
        let machine = try Daemon(server: try server.asServer(), input: "file:\(Programs.voice)")
        try server.login("room1", as: "host")
        let events = try server.events()
        let app = try server.asServer().application.id
        let base = "http://127.0.0.1:\(try server.serverPort())"
        let token = try Self.token(server, "machine")
        try machine.control().call("setAudioConfig", ["bitrateKbps": 64])
        let said = try Self.zegoctl(
            machine, ["publish", "said", "--whip", "\(base)/whip/\(app)/room1/line1", "--token-file", "-"],
            input: token + "\n")
        #expect(said.status == 0 && said.output == "said publishing\n", "\(said.errors)")
        let stream = try events.next("stream-update") { $0["updateType"].string == "add" }
        #expect(stream["streamList"][0]["streamID"].string == "line1")
        #expect(stream["streamList"][0]["user"]["userID"].string == "machine")
        try machine.control().call(
            "startPlaying",
            [
                "streamID": "heard", "sink": ["file": "heard.wav"], "wait": 20,
                "whep": ["url": .string("\(base)/whep/\(app)/line1"), "bearerToken": .string(token)],
            ])
        let status = try machine.status()
        #expect(status["publishers"][0]["roomID"].string == "" && status["publishers"][0]["whip"].string == base)
        #expect(status["players"][0]["roomID"].string == "" && status["players"][0]["whep"].string == base)
        #expect(status["rooms"][0] == .null, "nobody logged in")
        try Self.hear(machine.media("heard.wav"))
        try machine.control().call("stopPlaying", ["streamID": "heard"])
        try machine.control().call("stopPublishing", ["streamID": "said"])
        try events.next("stream-update") { $0["updateType"].string == "delete" }
        let judgement = try SoundJudge.hear(reference: Programs.voice, recording: machine.media("heard.wav"))
        print("measured: by WHIP there and by WHEP back: \(judgement)")
        #expect(judgement.isGood, "\(judgement)")
        #expect(!machine.log.contains(token) && !server.log.contains(token), "a token is in a log")
        #expect(!machine.log.contains("/whip/"), "a URL is in the log")
    }

    @Test("aiortc's server takes the voice and gives one, in its own ways", .timeLimit(.minutes(3)))
    func foreignServer() throws {
        let server = try ForeignServer()
        let machine = try Daemon(input: "file:\(Programs.voice)")
        try machine.control().call("setAudioConfig", ["bitrateKbps": 64])
        // Redirected, busy twice, another payload type, a relative location, a tag without quotes.
        let whip = server.url("whip/up?hop=0&token=secret-up&busy=2&pt=96&location=relative&etag=bare")
        let said = try machine.control().call(
            "startPublishing",
            ["streamID": "up", "whip": ["url": .string(whip), "bearerToken": "secret-up"], "wait": 30], upTo: 40)
        #expect(said["state"].string == "publishing")
        let whep = server.url("whep/down?conflict=2&pt=97&type=text")
        try machine.control().call(
            "startPlaying",
            [
                "streamID": "down", "sink": ["file": "down.wav"], "wait": 30, "whep": ["url": .string(whep)],
                // Python sends at an uneven pace; how the jitter buffer follows such a one is judged elsewhere.
                "bufferRange": ["minMs": 600, "maxMs": 1500],
            ], upTo: 40)
        // At the same time, by a counter-offer.
        try machine.control().call(
            "startPlaying",
            ["streamID": "counter", "wait": 30, "whep": ["url": .string(server.url("whep/counter?counter=1"))]],
            upTo: 40)
        try Self.hear(machine.media("down.wav"))
        for name in ["down", "counter"] { try machine.control().call("stopPlaying", ["streamID": .string(name)]) }
        try machine.control().call("stopPublishing", ["streamID": "up"])

        #expect(server.statuses("/whip/up") == [307, 503, 307, 503, 307, 201], "\(server.log)")
        #expect(server.statuses("/whep/down") == [409, 409, 200])
        #expect(server.statuses("/whep/counter") == [406])
        let sessions = server.requests.filter { $0["path"].string?.hasPrefix("/session/") ?? false }
        #expect(sessions.count { $0["method"].string == "DELETE" && $0["status"].integer == 200 } == 3, "\(server.log)")
        #expect(
            sessions.contains {
                $0["method"].string == "PATCH" && $0["status"].integer == 204 && $0["type"].string == "application/sdp"
            })
        let up = try SoundJudge.hear(reference: Programs.voice, recording: server.recording("up"))
        print("measured: zegod by WHIP, heard by aiortc: \(up)")
        #expect(up.isGood, "\(up)")
        let down = try SoundJudge.hear(reference: Programs.voice, recording: machine.media("down.wav"))
        print("measured: aiortc, heard by zegod by WHEP: \(down)")
        // libav makes stereo of the mono file with 3 dB less in each channel.
        #expect(down.pesq >= 4 && down.recognised >= 0.95 && abs(down.levelDecibel + 3) < 1, "\(down)")
        #expect(!machine.log.contains("secret-up") && !machine.log.contains("hop=0"))
    }

    @Test("what a server refuses is said, and a token goes to no other", .timeLimit(.minutes(2)))
    func refusals() throws {
        let server = try ForeignServer()
        let other = try ForeignServer()
        let machine = try Daemon()
        let wrong = try Self.zegoctl(
            machine, ["publish", "s", "--whip", server.url("whip/s?token=right"), "--token-file", "-"],
            input: "wrong-secret\n")
        #expect(wrong.status == 1 && wrong.errors.contains("1003072"), "\(wrong.errors)")
        #expect(wrong.errors.contains("hint: ") && wrong.errors.contains("401 Unauthorized: no such token: Bearer …"))
        let events = try machine.events()
        let redirected = try Self.zegoctl(
            machine,
            [
                "play", "p", "--whep", server.url("whep/p?hop=\(other.port)&token=wrong-secret"), "--token-file", "-",
            ], input: "wrong-secret\n")
        #expect(redirected.status == 1 && redirected.errors.contains("1004003"), "\(redirected.errors)")
        #expect(server.requests.last?["authorized"].bool == true)
        #expect(other.requests.map { $0["authorized"].bool } == [false], "a token went to another origin")
        let refused = try events.next("player-state") { $0["errorCode"].integer == 1_004_003 }
        #expect(refused["extendedData"]["reason"].string?.contains("401") ?? false)
        #expect(!"\(events.seen)".contains("wrong-secret") && !machine.log.contains("wrong-secret"))
        #expect(!"\(try machine.status())".contains("wrong-secret"))
        let usage = try Self.zegoctl(machine, ["publish", "s", "--token-file", "x"])
        #expect(usage.status == 64)
        let url = try Self.zegoctl(machine, ["publish", "s", "--whip", "studio.example/whip"])
        #expect(url.status == 1 && url.errors.contains("1000017"), "\(url.errors)")
    }
}
