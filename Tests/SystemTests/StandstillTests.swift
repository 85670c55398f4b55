import Glibc
import StallWatch
import Testing

/// A machine that is suspended, or a virtual one that is paused: for the daemon, time makes a leap.
@Suite("After a standstill", .realTime)
struct StandstillTests {
    @Test("cards go on, none is taken for lost, and the call is still there", .timeLimit(.minutes(2)))
    func leap() throws {
        let cards = try ALSACards(microphone: try WAVFile(path: Programs.voice))
        let daemon = try Daemon(input: "ztest_mic", output: "ztest_speaker", environment: cards.environment)
        try daemon.login("room1", as: "user1")
        try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let events = try daemon.events()
        let before = cards.heardSeconds()
        try waitUntil(upTo: 10, for: "the loudspeaker to play") { cards.heardSeconds() > before + 0.5 ? true : nil }

        // Longer than a card may stand still.
        kill(daemon.process.pid, SIGSTOP)
        sleep(4)
        kill(daemon.process.pid, SIGCONT)

        let after = cards.heardSeconds()
        try waitUntil(upTo: 10, for: "the loudspeaker to go on") { cards.heardSeconds() > after + 1 ? true : nil }
        let status = try daemon.status()
        #expect(status["audio"]["input"]["state"].string == "running")
        #expect(status["audio"]["output"]["state"].string == "running")
        #expect(status["publishers"][0]["state"].string == "publishing")
        // Whatever was told of devices would have been told before this.
        try daemon.control().call("useAudioDevice", ["type": "input", "deviceID": "tone:440"])
        let told = try events.next("device-state")
        #expect(told["deviceID"].string == "tone:440", "\(told)")
    }
}
