import FoundationEssentials
import Testing

/// Sound cards and files that are not what they should be: the daemon stays up, says so everywhere, and falls back to silence.
@Suite("Bad devices and files")
struct DeviceInputTests {
    @Test("a card that does not exist", .timeLimit(.minutes(2)))
    func noSuchCard() throws {
        let daemon = try Daemon(input: "plughw:CARD=Nowhere", output: "plughw:CARD=Nowhere")
        let audio = try waitUntil(
            upTo: 10, for: "status to tell of the card", instead: { (try? daemon.status().description) ?? "" }
        ) {
            let audio = try daemon.status()["audio"]
            return audio["input"]["state"].string != "running" ? audio : nil
        }
        #expect(audio["input"]["deviceID"].string == "plughw:CARD=Nowhere")

        // The engine goes on: one can log in and publish silence.
        let events = try daemon.events()
        try daemon.login("room1", as: "user1")
        let result = try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        #expect(result.keys.contains("seq"))
        try events.next("publisher-state") { $0["state"].string == "publishing" }
        #expect(daemon.process.isRunning)
    }

    @Test(
        "a card that does not exist, asked for during a call: refused with a hint, and told as an event",
        .timeLimit(.minutes(2)))
    func noSuchCardDuringCall() throws {
        let daemon = try Daemon(input: "tone:440")
        let events = try daemon.events()
        let error = #expect(throws: ControlClient.Refused.self) {
            try daemon.control().call("useAudioDevice", ["type": "input", "deviceID": "plughw:CARD=Nowhere"])
        }
        #expect(error?.error["data"]["hint"].string?.isEmpty == false)
        try events.next("device-state") {
            $0["type"].string == "input" && $0["deviceID"].string == "plughw:CARD=Nowhere"
                && $0["message"].string?.contains("no audio device named") == true
        }
        try daemon.control().call("useAudioDevice", ["type": "input", "deviceID": "tone:440"])
    }

    @Test(
        "a WAV that is not one, in every way", .timeLimit(.minutes(2)),
        arguments: [
            "", "no WAV at all", "RIFF", "RIFF\u{4}\0\0\0WAVE",
            "RIFF\u{7f}\u{7f}\u{7f}\u{7f}WAVEfmt \u{10}\0\0\0\u{1}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0data",
        ])
    func notAWAV(content: String) throws {
        let daemon = try Daemon()
        try daemon.login("room1", as: "user1")
        try Data(content.utf8).write(to: URL(filePath: daemon.media("bad.wav")))
        let error = #expect(throws: ControlClient.Refused.self) {
            try daemon.control().call(
                "startPublishing", ["streamID": "stream1", "source": ["file": "bad.wav"], "wait": 10])
        }
        #expect(error?.error["data"]["name"] != .null)
        #expect(try daemon.status()["publishers"].array.isEmpty)
        try daemon.control().call("startPublishing", ["streamID": "stream1", "source": ["tone": 440], "wait": 10])
    }

    @Test("paths that leave the media folder", .timeLimit(.minutes(2)))
    func pathsOutside() throws {
        let daemon = try Daemon()
        try daemon.login("room1", as: "user1")
        try FileManager.default.createSymbolicLink(
            atPath: daemon.media("link.wav"), withDestinationPath: Programs.voice)
        for path in [Programs.voice, "../zegod.toml", "link.wav", "a/../../zegod.toml", "missing.wav"] {
            let error = #expect(throws: ControlClient.Refused.self) {
                try daemon.control().call(
                    "startPublishing", ["streamID": "stream1", "source": ["file": .string(path)]])
            }
            #expect(
                error?.description.contains("media") == true, "the error names the folder: \(error?.description ?? "")")
        }
    }
}
