import FoundationEssentials
import StallWatch
import Testing

/// The page in headless Firefox: another WebRTC stack than Chromium's, without RED by munged offers, and without loopback candidates.
@Suite("Firefox in the room", .enabled(if: Machine.runsFirefox), .realTime)
struct FirefoxTests {
    @Test("a daemon hears Firefox, and Firefox hears the daemon, on one machine", .timeLimit(.minutes(4)))
    func speaksAndHears() throws {
        let place = try TemporaryDirectory()
        let voice = try Voice.excerpt(in: place)
        let daemon = try Daemon(input: "file:\(voice)")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let events = try daemon.events()
        let browser = try Browser(.firefox, options: ["--tone", "700"])
        try browser.call("open", ["url": .string(try daemon.link(room: "room1", user: "guest"))])
        #expect(try browser.call("evaluate", ["script": "location.hash"]) == "", "the token left the address bar")
        // The tone as it is: noise suppression would take it away.
        try browser.click("#processing")
        try browser.click("#join")
        try browser.wait("#status", "In the room")
        let firstAudio = try browser.call("firstAudioMs").number ?? 0
        try events.next("user-update") { $0["updateType"].string == "add" }
        try daemon.control().call(
            "startPlaying", ["streamID": "guest-microphone", "sink": ["file": "heard.wav"], "wait": 20])
        try browser.wait("#streams .stream-state", "playing")
        try browser.capture(seconds: Voice.recordingSeconds, to: place.file("captured.wav"))
        try browser.click("#mute")
        let muted = try events.next("remote-mic-state") { $0["streamID"].string == "guest-microphone" }
        #expect(muted["state"].string == "mute")
        try daemon.control().call("stopPlaying", ["streamID": "guest-microphone"])

        let captured = try SoundJudge.hear(reference: voice, recording: place.file("captured.wav"))
        print("measured: daemon to Firefox: \(captured)")
        #expect(captured.recognised >= 0.6 && abs(captured.levelDecibel) < 4, "\(captured)")
        let heard = try WAVFile(path: daemon.media("heard.wav")).loudestTone()
        print("measured: Firefox to daemon: \(heard); join to first audio, cold: \(firstAudio) ms")
        #expect(abs(heard.hertz - 700) < 15 && heard.seconds > 4, "\(heard)")

        let transport = try #require(try browser.statistics("transport").first)
        #expect(transport["srtpCipher"].string == "SRTP_AEAD_AES_128_GCM")
        let inbound = try #require(try browser.statistics("inbound-rtp").first)
        #expect((inbound["packetsReceived"].number ?? 0) > 250 && inbound["packetsLost"].number == 0, "\(inbound)")

        // Out, and in once more.
        try browser.click("#leave")
        try browser.wait("#status", "Not in a room")
        try events.next("user-update") { $0["updateType"].string == "delete" }
        try browser.click("#join")
        try browser.wait("#status", "In the room")
        try browser.hears(1)
        let complaints = try browser.call("complaints").array
        #expect(complaints.isEmpty, "\(complaints)")
    }
}
