import FoundationEssentials
import StallWatch
import Testing

/// The page in headless Chromium, in rooms with daemons: software that we did not write on the other end.
@Suite("A browser in the room", .enabled(if: Machine.runsChromium), .realTime)
struct BrowserCallTests {
    /// Two passes of the voice, so that a whole one is in any recording, and what begins and ends it.
    private let recordingSeconds = 18

    /// A daemon with the server, in room1 as user1; its microphone says the voice as stream1.
    private func speaker() throws -> Daemon {
        let daemon = try Daemon(input: "file:\(Programs.voice)")
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        return daemon
    }

    @Test("a daemon records what the browser says, and the browser hears the daemon", .timeLimit(.minutes(5)))
    func speaksAndHears() throws {
        let daemon = try speaker()
        let events = try daemon.events()
        let browser = try Browser()
        try browser.call("open", ["url": .string(try daemon.link(room: "room1", user: "guest"))])
        #expect(try browser.call("evaluate", ["script": "location.hash"]) == "", "the token left the address bar")
        // The voice as it is: what browsers do to clean a microphone is not under test.
        try browser.click("#processing")
        try browser.click("#join")
        let firstAudio = try browser.call("firstAudioMs").number ?? 0
        let came = try events.next("user-update") { $0["updateType"].string == "add" }
        #expect(came["userList"][0]["userID"].string == "guest")
        let stream = try events.next("stream-update") { $0["updateType"].string == "add" }
        #expect(stream["streamList"][0]["streamID"].string == "guest-microphone")

        try daemon.control().call(
            "startPlaying", ["streamID": "guest-microphone", "sink": ["file": "heard.wav"], "wait": 20])
        let place = try TemporaryDirectory()
        try browser.wait("#streams .stream-state", "playing")
        try browser.capture(seconds: recordingSeconds, to: place.file("captured.wav"))
        let quality = try daemon.status()["players"][0]["quality"]
        try daemon.control().call("stopPlaying", ["streamID": "guest-microphone"])

        let said = try SoundJudge.hear(reference: Programs.voice, recording: daemon.media("heard.wav"))
        let captured = try SoundJudge.hear(reference: Programs.voice, recording: place.file("captured.wav"))
        print("measured: browser to daemon: \(said)")
        print("measured: daemon to browser: \(captured)")
        print("measured: the daemon's figures of the browser's stream: \(quality)")
        // A browser's clocks and its resampling stretch the sound a little: PESQ takes that badly, ears do not.
        for judgement in [said, captured] {
            #expect(judgement.found && judgement.recognised >= 0.8 && abs(judgement.levelDecibel) < 4, "\(judgement)")
        }

        // Browsers probe the bandwidth with padding between the voice: listeners are not to take it for loss.
        #expect((quality["packetLostRate"].number ?? 1) < 0.005, "\(quality)")
        let inbound = try #require(try browser.statistics("inbound-rtp").first)
        let outbound = try #require(try browser.statistics("outbound-rtp").first)
        print("measured: join to first audio in the browser, cold: \(firstAudio) ms")
        print("measured: inbound in Chromium: \(Self.figures(of: inbound))")
        #expect(firstAudio < 5000)
        #expect((inbound["packetsReceived"].number ?? 0) > 500)
        #expect((inbound["packetsLost"].number ?? 1) == 0)
        // Since RED stands before Opus in the answer, every packet carries the one before it again.
        let packets = outbound["packetsSent"].number ?? 0
        let bytesOfFrame = (outbound["targetBitrate"].number ?? .infinity) / 8 * 0.02
        let bytesSent = outbound["bytesSent"].number ?? 0
        print("measured: outbound in Chromium: \(bytesSent / max(packets, 1)) bytes a packet, \(bytesOfFrame) a frame")
        #expect(bytesSent / max(packets, 1) > 1.3 * bytesOfFrame, "\(outbound)")
        let complaints = try browser.call("complaints").array
        #expect(complaints.isEmpty, "\(complaints)")
    }

    private static func figures(of inbound: JSON) -> String {
        let emitted = inbound["jitterBufferEmittedCount"].number ?? 0
        let delay = 1000 * (inbound["jitterBufferDelay"].number ?? 0) / max(emitted, 1)
        let names = [
            "packetsReceived", "packetsLost", "concealedSamples", "silentConcealedSamples", "fecPacketsReceived",
        ]
        let counts = names.map { "\($0) \(inbound[$0].integer ?? 0)" }.joined(separator: ", ")
        return "jitter buffer \(delay) ms, of \(Int(emitted)) samples; \(counts)"
    }

    @Test(
        "two browsers and a daemon: everybody hears everybody, mute is told, leaving is seen", .timeLimit(.minutes(5)))
    func threeInTheRoom() throws {
        let daemon = try speaker()
        let events = try daemon.events()
        let first = try Browser()
        let second = try Browser()
        try first.join(try daemon.link(room: "room1", user: "anna"))
        try second.join(try daemon.link(room: "room1", user: "bert"))
        try first.hears(2)
        try second.hears(2)
        #expect(try first.text("#user-count") == "3")
        #expect(try first.text("#users").contains("bert"))
        for streamID in ["anna-microphone", "bert-microphone"] {
            try daemon.control().call("startPlaying", ["streamID": .string(streamID), "wait": 20])
        }

        try second.click("#mute")
        try first.wait("#streams .card:has-text('bert') .stream-state", "muted")
        let muted = try events.next("remote-mic-state") { $0["streamID"].string == "bert-microphone" }
        #expect(muted["state"].string == "mute")
        try second.click("#mute")
        try first.wait("#streams .card:has-text('bert') .stream-state >> text=/^playing$/")

        // Stop and play again by the keyboard alone.
        try first.call("evaluate", ["script": "document.querySelector('#streams .play').focus()"])
        try first.call("press", ["key": "Enter"])
        try first.wait("#streams .stream-state", "not played")
        try first.call("press", ["key": "Enter"])
        try first.hears(2)

        try second.click("#leave")
        try second.wait("#status", "Not in a room")
        try first.wait("#user-count", "2")
        let left = try events.next("user-update") { $0["updateType"].string == "delete" }
        #expect(left["userList"][0]["userID"].string == "bert")
        for browser in [first, second] {
            let complaints = try browser.call("complaints").array
            #expect(complaints.isEmpty, "\(complaints)")
        }
    }

    @Test("a reload leaves the room at once, and one key joins again", .timeLimit(.minutes(3)))
    func reloads() throws {
        let daemon = try speaker()
        let events = try daemon.events()
        let browser = try Browser()
        try browser.join(try daemon.link(room: "room1", user: "guest"))
        try events.next("user-update") { $0["updateType"].string == "add" }
        try browser.hears(1)
        try browser.call("reload")
        try events.next("user-update", upTo: 3) { $0["updateType"].string == "delete" }
        // The fields are as they were and the button has the focus.
        try browser.call("press", ["key": "Enter"])
        try browser.wait("#status", "In the room")
        try events.next("user-update") { $0["updateType"].string == "add" }
        try browser.hears(1)
        #expect(try daemon.status()["server"]["users"].integer == 2)
    }

    @Test("twenty times in and out: nothing stays behind", .timeLimit(.minutes(5)))
    func joinsAndLeaves() throws {
        let daemon = try speaker()
        let browser = try Browser()
        try browser.join(try daemon.link(room: "room1", user: "guest"))
        try browser.hears(1)
        try browser.click("#leave")
        try browser.wait("#status", "Not in a room")
        let before = try settled(daemon)
        for round in 1...20 {
            try browser.click("#join")
            try browser.wait("#status", "In the room")
            // Every fourth time with sound both ways, else as fast as it goes.
            if round % 4 == 0 { try browser.hears(1) }
            try browser.click("#leave")
            try browser.wait("#status", "Not in a room")
        }
        let after = try settled(daemon)
        #expect(after.counts == before.counts, "connections, sessions and rooms")
        // Give or take a connection of this test itself; twenty rounds that leave something leave twenty.
        #expect(after.openFiles <= before.openFiles + 3)
        let open = try browser.call(
            "evaluate", ["script": "rig.connections.filter((one) => one.connectionState !== 'closed').length"])
        #expect(open.integer == 0)
        try browser.click("#join")
        try browser.hears(1)
        // Sections are used again: playing and stopping does not make the description grow.
        let sections = "rig.connection().getTransceivers().length"
        let before20 = try browser.call("evaluate", ["script": .string(sections)]).integer
        for _ in 1...10 {
            try browser.click("#streams .play")
            try browser.wait("#streams .stream-state", "not played")
            try browser.click("#streams .play")
            try browser.wait("#streams .stream-state", "playing")
        }
        #expect(try browser.call("evaluate", ["script": .string(sections)]).integer == before20)
        #expect(try daemon.roomMetrics()["zego_room_media_subscriptions"] == 1)
        let complaints = try browser.call("complaints").array
        #expect(complaints.isEmpty, "\(complaints)")
    }

    /// What the server has when only the daemon itself is in it, once a browser's session is gone.
    private func settled(_ daemon: Daemon) throws -> (counts: [String: Int], openFiles: Int) {
        try waitUntil(upTo: 10, for: "the browser's session to be gone") {
            let metrics = try daemon.roomMetrics()
            var counts: [String: Int] = [:]
            for name in [
                "connections", "sessions", "rooms", "users", "streams", "media_transports", "media_publications",
                "media_subscriptions",
            ] {
                counts[name] = Int(metrics["zego_room_\(name)"] ?? -1)
            }
            guard counts["sessions"] == 1, counts["connections"] == 1 else { return nil }
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process.pid)/fd")
            return (counts, files.count)
        }
    }
}
