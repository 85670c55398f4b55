import FoundationEssentials
import StallWatch
import Testing

/// Two daemons, a room server between them, speech in and speech out: compared by ear, so to speak.
@Suite("A whole call", .realTime)
struct WholeCallTests {
    let voice: WAVFile

    init() throws { voice = try WAVFile(path: Programs.voice) }

    /// What the second daemon hears of the first one's microphone, until `enough`.
    private func converse(speaker: Daemon, listener: Daemon, enough: () throws -> Bool) throws {
        let speakerEvents = try speaker.events()
        let listenerEvents = try listener.events()
        try speaker.login("room1", as: "user1")
        try listener.login("room1", as: "user2")

        // Each sees the other come.
        let came = try speakerEvents.next("user-update") { $0["updateType"].string == "add" }
        #expect(came["userList"][0]["userID"].string == "user2")
        let present = try listenerEvents.next("user-update") { $0["updateType"].string == "add" }
        #expect(present["userList"][0]["userID"].string == "user1")

        try speaker.control().call("setAudioConfig", ["bitrateKbps": 64])
        try speaker.control().call("startPublishing", ["streamID": "stream1"])
        let stream = try listenerEvents.next("stream-update") { $0["updateType"].string == "add" }
        #expect(stream["streamList"][0]["streamID"].string == "stream1")
        #expect(stream["streamList"][0]["user"]["userID"].string == "user1")

        let asked = monotonicSeconds()
        try listener.control().call("startPlaying", ["streamID": "stream1"])
        try listenerEvents.next("player-state") { $0["state"].string == "playing" }
        try listenerEvents.next("player-first-frame")
        print("measured: startPlaying to the first audio: \(Int((monotonicSeconds() - asked) * 1000)) ms")

        // Three times the voice, so that two whole passes are in it.
        try waitUntil(upTo: 60, for: "the voice to be heard") { try enough() ? true : nil }
        let quality = try listener.status()["players"][0]["quality"]
        #expect((quality["kbps"].number ?? 0) > 40, "64 kb/s were asked for")
        #expect((quality["packetLostRate"].number ?? 1) < 0.01)
        print("measured: quality as status tells it: \(quality)")
        try listener.control().call("stopPlaying", ["streamID": "stream1"])
    }

    private var enoughSeconds: Double { Double(voice.samples.count) / Double(WAVFile.rate) * 3 + 1 }

    @Test("over ALSA cards: the voice arrives as it was, soon", .timeLimit(.minutes(5)))
    func overALSA() throws {
        let cards = try ALSACards(microphone: voice)
        let speaker = try Daemon(input: "ztest_mic", environment: cards.environment)
        let listener = try Daemon(
            server: try speaker.asServer(), output: "ztest_speaker", environment: cards.environment)
        let start = cards.heardSeconds()
        try converse(speaker: speaker, listener: listener) { cards.heardSeconds() > start + enoughSeconds }
        listener.process.stop()

        let judgement = try SoundJudge.hear(
            reference: Programs.voice, recording: cards.heardPath, starts: try cards.starts())
        print("measured: over ALSA cards: \(judgement)")
        #expect(judgement.isGood, "\(judgement)")
        let delay = try #require(judgement.delaySeconds)
        #expect(delay > 0.02 && delay < 0.25, "mouth to ear in \(delay) s")
    }

    @Test("over file devices: the voice arrives as it was", .timeLimit(.minutes(5)))
    func overFiles() throws {
        let speaker = try Daemon(input: "file:\(Programs.voice)")
        let place = try TemporaryDirectory()
        let listener = try Daemon(server: try speaker.asServer(), output: "file:\(place.file("heard.wav"))")
        func seconds() -> Double {
            (try? WAVFile(path: place.file("heard.wav"))).map { Double($0.samples.count) / 48000 } ?? 0
        }
        let start = seconds()
        try converse(speaker: speaker, listener: listener) { seconds() > start + enoughSeconds }
        listener.process.stop()

        let judgement = try SoundJudge.hear(reference: Programs.voice, recording: place.file("heard.wav"))
        print("measured: over file devices: \(judgement)")
        #expect(judgement.isGood, "\(judgement)")
    }

    @Test("what is heard stops with what is said: no old sound goes on", .timeLimit(.minutes(5)))
    func silenceAfterMute() throws {
        let speaker = try Daemon(input: "file:\(Programs.voice)")
        let listener = try Daemon(server: try speaker.asServer())
        try speaker.login("room1", as: "user1")
        try listener.login("room1", as: "user2")
        try speaker.control().call("startPublishing", ["streamID": "stream1"])
        try listener.control().call("startPlaying", ["streamID": "stream1", "sink": ["file": "heard.wav"], "wait": 20])
        try listener.control().call("startSoundLevelMonitor", ["intervalMs": 100])
        let events = try listener.events()
        try events.next("sound-level") { ($0["remote"]["stream1"].number ?? 0) > 0 }
        try speaker.control().call("muteMicrophone", ["mute": true])
        try events.next("sound-level", upTo: 5) { ($0["remote"]["stream1"].number ?? 1) == 0 }
        try listener.control().call("stopPlaying", ["streamID": "stream1"])
        let heard = try WAVFile(path: listener.media("heard.wav"))
        #expect(heard.samples.contains { abs(Int($0)) > 1000 })
    }
}
