import Glibc
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
            config: ["bitrateKbps": 64], noiseSuppression: true, bound: 80),
        Way(
            testDescription: "frames of 10 ms, no noise suppression", audioKeys: "period_ms = 5",
            config: ["bitrateKbps": 64, "frameMs": 10], noiseSuppression: false, bound: 60),
        Way(
            testDescription: "low delay", audioKeys: "low_delay = true", config: ["bitrateKbps": 96],
            noiseSuppression: false, bound: 45),
    ]

    /// A part of the way: what either side knows of it.
    private func told(_ part: String, _ said: JSON, _ heard: JSON) -> Double {
        (said["delayMs"][part].number ?? 0) + (heard["delayMs"][part].number ?? 0)
    }

    private static let parts = ["capture", "encode", "network", "buffer", "decode", "playback"]

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
        let pass = Double(voice.samples.count) / Double(WAVFile.rate)
        let begin = cards.heardSeconds() + 6
        try waitUntil(upTo: 60, for: "the beginning to be heard") { cards.heardSeconds() > begin ? true : nil }
        // From then on, once a second: a stall of the machine lengthens the jitter buffer for a while.
        var sums: [Double] = []
        var (said, heard): (JSON, JSON) = (.null, .null)
        for _ in 0..<60 where cards.heardSeconds() < begin + 2 * pass {
            said = try speaker.status()["audio"]
            heard = try listener.status()["audio"]
            sums.append(Self.parts.reduce(0) { $0 + told($1, said, heard) })
            sleep(1)
        }
        listener.process.stop()
        let judgement = try SoundJudge.compare(
            reference: Programs.voice, recording: cards.heardPath, starts: try cards.starts(), isLast: true)
        let measured = try #require(judgement.delaySeconds) * 1000
        // What goes one way only is known on one side only.
        #expect(said["delayMs"]["buffer"] == .null && said["delayMs"]["playback"] == .null)
        #expect(heard["delayMs"]["capture"] == .null && heard["delayMs"]["encode"] == .null)
        let parts = Self.parts.map { told($0, said, heard) }
        let (least, most) = (sums.min() ?? 0, sums.max() ?? 0)
        let xruns = (said["xruns"].integer ?? 0) + (heard["xruns"].integer ?? 0)
        print(
            "measured: mouth to ear, \(way.testDescription): \(measured) ms; told: \(least) to \(most) ms,",
            "\(parts) at the end; \(xruns) xruns")
        // After an underrun the file of the loudspeaker is shorter than the time.
        guard xruns == 0 else { return }
        #expect(measured > least - 4 && measured < most + 4)
        #expect(measured < way.bound)
    }
}
