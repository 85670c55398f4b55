import StallWatch
import Testing

/// From the microphone to the loudspeaker through two daemons and a room server on one host: what is measured, and what
/// `status` says of its parts.
@Suite("Mouth to ear, two daemons", .realTime, .serialized)
struct MouthToEarTests {
    let voice: WAVFile

    init() throws { voice = try WAVFile(path: Programs.voice) }

    struct Way: CustomTestStringConvertible {
        let testDescription: String
        let audioKeys: String
        let config: JSON
        let noiseSuppression: Bool
        /// Milliseconds, with room for a machine that is busy.
        let bound: Double
    }

    private static let ways = [
        Way(
            testDescription: "frames of 20 ms, as installed but for periods of 5 ms", audioKeys: "period_ms = 5",
            config: ["bitrateKbps": 64], noiseSuppression: true, bound: 70),
        Way(
            testDescription: "frames of 10 ms, no noise suppression", audioKeys: "period_ms = 5",
            config: ["bitrateKbps": 64, "frameMs": 10], noiseSuppression: false, bound: 50),
        Way(
            testDescription: "low delay", audioKeys: "low_delay = true", config: ["bitrateKbps": 96],
            noiseSuppression: false, bound: 35),
    ]

    private static let parts = ["capture", "encode", "network", "buffer", "playback"]

    @Test("is what status says it is, and short", .timeLimit(.minutes(3)), arguments: ways)
    func adds(way: Way) throws {
        let cards = try ALSACards(microphone: voice)
        let speaker = try Daemon(input: "ztest_mic", audioKeys: way.audioKeys, environment: cards.environment)
        let listener = try Daemon(
            server: try speaker.asServer(), output: "ztest_speaker", audioKeys: way.audioKeys,
            environment: cards.environment)
        try speaker.login("room1", as: "user1")
        try listener.login("room1", as: "user2")
        if !way.noiseSuppression { try speaker.control().call("enableANS", ["enable": false]) }
        try speaker.control().call("setAudioConfig", way.config)
        try speaker.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        try listener.control().call("startPlaying", ["streamID": "stream1", "wait": 20])
        // The jitter buffer has come down to what the path needs, and a whole pass of the voice was heard after that.
        let enough = cards.heardSeconds() + 6 + 2 * Double(voice.samples.count) / Double(WAVFile.rate)
        try waitUntil(upTo: 60, for: "the voice to be heard") { cards.heardSeconds() > enough ? true : nil }

        let said = try speaker.status()["audio"]
        let heard = try listener.status()["audio"]
        listener.process.stop()
        let judgement = try SoundJudge.compare(
            reference: Programs.voice, recording: cards.heardPath, starts: try cards.starts(), isLast: true)
        let measured = try #require(judgement.delaySeconds) * 1000
        // What goes one way only is known on one side only.
        #expect(said["delayMs"]["buffer"] == .null && said["delayMs"]["playback"] == .null)
        #expect(heard["delayMs"]["capture"] == .null && heard["delayMs"]["encode"] == .null)
        let told = Self.parts.map { (said["delayMs"][$0].number ?? 0) + (heard["delayMs"][$0].number ?? 0) }
        let sum = told.reduce(0, +)
        let xruns = (said["xruns"].integer ?? 0) + (heard["xruns"].integer ?? 0)
        print("measured: mouth to ear, \(way): \(measured) ms; told: \(told), together \(sum) ms; \(xruns) xruns")
        // After an underrun the file of the loudspeaker is shorter than the time.
        guard xruns == 0 else { return }
        #expect(abs(measured - sum) < 6)
        #expect(measured < way.bound)
    }
}
