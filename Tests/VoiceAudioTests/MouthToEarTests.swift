import StallWatch
import Testing
import Transport
import VoiceAudio

/// From the microphone's membrane to the loudspeaker's, measured with the test cards, whose files tell when their first
/// sample was there; against the sum of what the parts say of themselves.
@Suite("Mouth to ear", .serialized, .realTime, .timeLimit(.minutes(3)))
struct MouthToEarTests {
    let directory: TemporaryDirectory

    init() throws {
        _ = try CardRig.shared.get()
        directory = try TemporaryDirectory()
    }

    struct Way: CustomTestStringConvertible {
        let name: String
        var configuration: AudioConfiguration
        var audio: PublisherAudio
        /// Milliseconds.
        let bound: Double
        var testDescription: String { name }
    }

    private static let ways = [
        Way(
            name: "periods of 10 ms, frames of 20", configuration: AudioConfiguration(),
            audio: PublisherAudio(bitrate: 64_000), bound: 75),
        Way(
            name: "periods of 5 ms, frames of 10", configuration: AudioConfiguration(periodMilliseconds: 5),
            audio: PublisherAudio(bitrate: 64_000, frameMilliseconds: 10), bound: 50),
        Way(
            name: "low delay, frames of 5 ms", configuration: AudioConfiguration(isLowDelay: true),
            audio: PublisherAudio(bitrate: 96_000, frameMilliseconds: 5, application: .lowDelay), bound: 40),
    ]

    private static func parts(of audio: AudioSystem) -> [Double] {
        [
            audio.snapshot.captureDelay ?? 0, audio.publisher(0).snapshot.encodeDelay,
            audio.player(0).snapshot.bufferDelay, audio.snapshot.playbackDelay ?? 0,
        ]
    }

    /// How much later `source` is in `heard`, up to 200 ms, and how like: over several syllables, because a vowel alone is
    /// like itself a few periods later too. At 8 kHz, which is an eighth of a millisecond.
    private static func delay(of source: [Float], in heard: [Float]) -> (likeness: Float, milliseconds: Double) {
        func coarse(_ samples: [Float]) -> [Float] {
            stride(from: 0, to: samples.count - 5, by: 6).map { start in
                var sum: Float = 0
                for index in start..<start + 6 { sum += samples[index] }
                return sum
            }
        }
        let (source, heard) = (coarse(source), coarse(heard))
        var best: (likeness: Float, lag: Int) = (-1, 0)
        source.withUnsafeBufferPointer { source in
            heard.withUnsafeBufferPointer { heard in
                for lag in 0..<max(min(1600, heard.count - source.count), 0) {
                    var sums: (product: Float, source: Float, heard: Float) = (0, 1e-6, 1e-6)
                    for index in 0..<source.count {
                        sums.product += source[index] * heard[index + lag]
                        sums.source += source[index] * source[index]
                        sums.heard += heard[index + lag] * heard[index + lag]
                    }
                    let likeness = sums.product / (sums.source * sums.heard).squareRoot()
                    if likeness > best.likeness { best = (likeness, lag) }
                }
            }
        }
        return (best.likeness, Double(best.lag) / 8)
    }

    private func start(_ file: String) throws -> Double {
        let text = try #require(TextFile.read("\(directory.path)/\(file).start"))
        return try #require(Double(String(decoding: text, as: UTF8.self).split(separator: "\n").first ?? ""))
    }

    @Test("is what the parts add up to, and short", arguments: ways)
    func adds(way: Way) async throws {
        let speech = Speech.samples(seconds: 9, seed: 12)
        #expect(TextFile.writeSamples(speech, to: directory.path + "/mic.raw"))
        var configuration = way.configuration
        configuration.input = "ztest:FILE=\(directory.path)/mic.raw,STAMP=1"
        configuration.output = "ztest:FILE=\(directory.path)/speaker.raw,STAMP=1"
        let running = try await RunningAudio(configuration, loopsBack: true)
        let audio = running.audio
        try await audio.player(0).start()
        try await audio.publisher(0).start(way.audio)
        var told: [[Double]] = []
        try await eventually(within: 30, "seven and a half seconds played") {
            let bytes = TextFile.read(directory.path + "/speaker.raw")?.count ?? 0
            if bytes > 48_000 * 9 { told.append(Self.parts(of: audio)) }
            return bytes > 48_000 * 15
        }
        let snapshot = audio.snapshot
        await running.stop()

        // What the loudspeaker's file has is only in its place as long as the card did not run dry.
        let heard = TextFile.readSamples(directory.path + "/speaker.raw")
        let offset = Int(((try start("speaker.raw") - start("mic.raw")) * 48_000).rounded())
        // Of three pieces the likest: in another one the jitter buffer may have moved.
        let pieces = stride(from: 48_000 * 9 / 2, to: 48_000 * 27 / 4, by: 48_000 * 3 / 4).map { from in
            Self.delay(of: Array(speech[from..<from + 48_000 * 3 / 4]), in: Array(heard[(from - offset)...]))
        }
        let (likeness, measured) = try #require(pieces.max { $0.likeness < $1.likeness })
        let sums = told.map { $0.reduce(0, +) }
        let (least, most) = (sums.min() ?? 0, sums.max() ?? 0)
        print(
            "measured: mouth to ear, \(way.name): \(measured) ms; told: \(least) to \(most) ms,",
            "\(told.last ?? []) at the end, \(snapshot.xruns) xruns; likeness \(pieces.map(\.likeness))")
        guard snapshot.xruns == 0 else { return }
        #expect(likeness > 0.5)
        // Each part is looked at when a block goes by, which may be half a period before or after it is true of the others.
        let tolerance = 2 + Double(way.configuration.periodFrames) / 96
        #expect(measured > least - tolerance && measured < most + tolerance)
        #expect(measured < way.bound)
    }
}
