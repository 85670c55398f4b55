import Testing

/// A desktop's machine: ALSA's `default` is a sound server's, whose user picks another loudspeaker, pulls one out, and whose
/// server comes, goes and comes again.
@Suite("A sound server behind ALSA's default", .enabled(if: Machine.runsPulseAudio))
struct SoundServerTests {
    /// Waits for a state of the output device; all that was told on the way.
    private func states(_ events: EventReader, until state: String) throws -> [String] {
        let before = events.seen.count
        try events.next("device-state") { $0["type"].string == "output" && $0["state"].string == state }
        return events.seen[before...].filter { $0["event"].string == "device-state" && $0["type"].string == "output" }
            .compactMap { $0["state"].string }
    }

    @Test("the call goes on, and is heard where the user wants to hear it", .timeLimit(.minutes(2)))
    func follows() throws {
        let server = try SoundServer()
        // The daemon is there first, as after a boot.
        let daemon = try Daemon(input: "tone:440", output: "default", environment: server.environment)
        let events = try daemon.events()
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        try daemon.control().call("startPlaying", ["streamID": "stream1", "wait": 20])
        try server.start()
        #expect(try states(events, until: "running") == ["running"])
        try server.hear("first")

        let beforeMove = events.seen.count
        try server.pactl("set-default-sink", "second")
        try server.hear("second")
        try server.removeSink("second")
        try server.hear("first")
        let delay = try #require(daemon.status()["audio"]["delayMs"]["playback"].number)
        print("measured: playback delay with PulseAudio: \(delay) ms")
        #expect(delay > 5 && delay < 100)

        try server.kill()
        let told = try states(events, until: "lost")
        #expect(told.suffix(1) == ["lost"])
        let output = try daemon.status()["audio"]["output"]
        #expect(output["state"].string == "lost" && output["errorCode"].integer == 1_006_001)
        try server.start()
        #expect(try states(events, until: "running") == ["running"])
        try server.hear("first")
        // Moving from one sink to the other was no loss.
        let moved = events.seen[beforeMove...].filter { $0["event"].string == "device-state" }.map {
            $0["state"].string
        }
        #expect(moved == ["lost", "running"])
        #expect(try daemon.status()["publishers"][0]["state"].string == "publishing")
    }
}
