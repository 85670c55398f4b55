import Glibc
import StallWatch
import Testing
import Transport
import VoiceAudio

/// Whatever is started, stopped, muted or turned: nothing clicks. A tone of 440 Hz and −12 dBFS goes 0.0145 from one sample
/// to the next; what clicks goes further.
@Suite("Soft edges", .serialized, .realTime, .timeLimit(.minutes(2)))
struct SoftEdgesTests {
    private static let step: Float = 0.03

    private static func steps(_ samples: [Float]) -> Float {
        zip(samples, samples.dropFirst()).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("starts, stops, mutes and volumes of publishers, players and the loudspeaker")
    func switches() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/out.wav"
        let running = try await RunningAudio(
            AudioConfiguration(input: "tone:440", output: "file:\(path)", realtimePriority: 50), loopsBack: true)
        let audio = running.audio
        func blocks(_ count: Int) async throws {
            let played = audio.player(0).snapshot.samplesPlayed
            try await eventually("\(count) blocks") { audio.player(0).snapshot.samplesPlayed >= played + count * 480 }
        }
        try await audio.publisher(0).start(PublisherAudio(bitrate: 96_000))
        for round in 0..<6 {
            try await audio.player(0).start()
            try await blocks(15 + round * 3)
            audio.setSpeakerMuted(true)
            try await blocks(7)
            audio.setSpeakerMuted(false)
            audio.player(0).setVolume(10 + 15 * round)
            try await blocks(9)
            audio.player(0).setMuted(true)
            try await blocks(5)
            audio.player(0).setMuted(false)
            audio.player(0).setVolume(100)
            try await blocks(6)
            audio.setCaptureVolume(20 + 10 * round)
            try await blocks(8)
            audio.setCaptureVolume(100)
            audio.publisher(0).setMuted(true)
            try await blocks(9)
            audio.publisher(0).setMuted(false)
            try await blocks(9)
            await audio.player(0).stop()
        }
        try await audio.player(0).start()
        for _ in 0..<4 {
            try await blocks(12)
            await audio.publisher(0).stop()
            try await audio.publisher(0).start(PublisherAudio(bitrate: 96_000))
        }
        await running.stop()
        let samples = try WAVFile.read(path).samples
        #expect(samples.contains { abs($0) > 0.2 })
        #expect(samples.allSatisfy { abs($0) <= Limiter.ceiling * 1.001 })
        let worst = Self.steps(samples)
        print("the largest step of a switched tone: \(worst)")
        #expect(worst < Self.step)
    }

    @Test("a change of the input device, and recordings that see it")
    func changeOfInput() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/said.wav"
        let running = try await RunningAudio(
            AudioConfiguration(input: "tone:440", output: "null", realtimePriority: 50))
        let audio = running.audio
        let recording = try await audio.startRecording(RecordingRequest(path: path, source: .capture, format: .wav))
        for device in ["null", "tone:440", "tone:300", "loopback", "tone:440", "no-such-card", "tone:300"] {
            let frames = (try? WAVFile.read(path).frames) ?? 0
            try await eventually("a while") { ((try? WAVFile.read(path).frames) ?? 0) > frames + 4800 }
            try await audio.useDevice(device, for: .input)
        }
        try await recording.stop()
        await running.stop()
        // Behind the recording's own beginning.
        let samples = Array(try WAVFile.read(path).samples.dropFirst(960))
        #expect(samples.contains { abs($0) > 0.2 })
        #expect(Self.steps(samples) < Self.step)
    }

    @Test("a card that is let go of has played its last sound softly, and the next begins so")
    func changeOfOutput() async throws {
        _ = try CardRig.shared.get()
        let directory = try TemporaryDirectory()
        let speakers = ["a", "b"].map { "\(directory.path)/\($0).raw" }
        let running = try await RunningAudio(
            AudioConfiguration(input: "tone:440", output: "ztest:FILE=\(speakers[0])", realtimePriority: 50),
            loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(PublisherAudio(bitrate: 96_000))
        try await eventually("sound on the first card") { TextFile.readSamples(speakers[0]).count > 48_000 }
        try await audio.useDevice("ztest:FILE=\(speakers[1])", for: .output)
        try await eventually("sound on the second card") { TextFile.readSamples(speakers[1]).count > 24_000 }
        try await audio.useDevice("null", for: .output)
        await running.stop()
        for speaker in speakers {
            let samples = TextFile.readSamples(speaker)
            #expect(samples.contains { abs($0) > 0.2 })
            #expect(Self.steps(samples) < Self.step)
            #expect(samples.suffix(240).allSatisfy { $0 == 0 })
        }
    }

    @Test("five who shout at once stay under full scale, and the sixth is not pumped")
    func loudMix() {
        var limiter = Limiter(channels: 1)
        // A quiet tone, and every second a shout of five voices for a tenth of one.
        var shout = (0..<5).map { Speech.samples(seconds: 4, seed: UInt64(60 + $0)) }
        for voice in shout.indices { shout[voice] = shout[voice].map { 2 * $0 } }
        var output: [Float] = []
        for block in 0..<400 {
            var samples = (0..<480).map { index -> Float in
                let place = block * 480 + index
                let tone = Float(0.1 * sin(2 * Double.pi * 500 * Double(place) / 48_000))
                return tone + (block % 100 < 10 ? shout.reduce(0) { $0 + $1[place] } : 0)
            }
            samples.withUnsafeMutableBufferPointer { limiter.process($0.baseAddress!, frames: 480) }
            output += samples
        }
        #expect(output.allSatisfy { abs($0) <= 1 })
        // A quarter of a second behind each shout the tone is as before it.
        for second in 0..<4 {
            let start = second * 48_000 + 4800 + 12_000
            let peak = output[start..<start + 24_000].map { abs($0) }.max() ?? 0
            #expect(abs(peak - 0.1) < 0.003)
        }
    }
}
