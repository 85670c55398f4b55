import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("Time-stretching")
struct StretchTests {
    /// A vowel of `hertz` with ten harmonics.
    private static func vowel(_ hertz: Double, frames: Int) -> [Float] {
        (0..<frames).map { frame in
            let phase = 2 * Double.pi * hertz * Double(frame) / 48_000
            return Float((1...10).reduce(0) { $0 + sin(phase * Double($1)) / Double($1) } * 0.2)
        }
    }

    private static func apply(
        _ order: StretchPolicy.Order, to samples: [Float], channels: Int = 1
    ) -> (samples: [Float], change: Int) {
        var stretcher = TimeStretcher()
        var memory = samples + [Float](repeating: 0, count: TimeStretcher.longestLag * channels)
        let frames = samples.count / channels
        let change = memory.withUnsafeMutableBufferPointer {
            stretcher.apply(order, to: $0.baseAddress!, frames: frames, channels: channels)
        }
        return (Array(memory.prefix((frames + change) * channels)), change)
    }

    private static func order(_ samples: Int, likeness: Float = 0.85, several: Bool = false) -> StretchPolicy.Order {
        StretchPolicy.Order(samples: samples, likeness: likeness, allowsSeveral: several)
    }

    private static func steepest(_ samples: [Float]) -> Float {
        zip(samples, samples.dropFirst()).map { abs($0 - $1) }.max() ?? 0
    }

    @Test(
        "a vowel loses or gains whole pitch periods, and nothing else changes", arguments: [80.0, 110, 210, 330],
        [480, -480])
    func vowels(hertz: Double, wanted: Int) {
        let source = Self.vowel(hertz, frames: 1440)
        let period = 48_000 / hertz
        let result = Self.apply(Self.order(wanted > 0 ? 720 : -480), to: source)
        #expect(result.change != 0)
        #expect((result.change < 0) == (wanted > 0))
        let periods = Double(abs(result.change)) / period
        #expect(abs(periods - periods.rounded()) * period < 3)
        #expect(Self.steepest(result.samples) <= Self.steepest(source) * 1.05)
        // Still the same vowel, to its end.
        let expected = Self.vowel(hertz, frames: result.samples.count)
        let product = zip(result.samples, expected).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let energy = expected.reduce(Float(0)) { $0 + $1 * $1 }
        #expect(product / energy > 0.97)
    }

    @Test("both channels are cut at the same place")
    func stereo() {
        let left = Self.vowel(150, frames: 1440)
        let interleaved = left.flatMap { [$0, $0 * -0.5] }
        let result = Self.apply(Self.order(480), to: interleaved, channels: 2)
        #expect(result.change < 0)
        for frame in 0..<1440 + result.change {
            #expect(abs(result.samples[2 * frame] * -0.5 - result.samples[2 * frame + 1]) < 1e-6)
        }
    }

    @Test("what does not repeat is left alone, unless any place will do")
    func noise() {
        var random = RandomSource.seeded(5)
        let source = (0..<1440).map { _ in Float.random(in: -0.5...0.5, using: &random) }
        #expect(Self.apply(Self.order(480), to: source).change == 0)
        #expect(Self.apply(Self.order(-480), to: source).change == 0)
        let cut = Self.apply(Self.order(480, likeness: -1), to: source)
        #expect(cut.change == -480)
        // No dent where the two parts are joined.
        let power = { (samples: ArraySlice<Float>) in samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count) }
        let joined = power(cut.samples[120..<360])
        #expect(joined > power(source[...]) * 0.75 && joined < power(source[...]) * 1.3)
    }

    @Test("in a hurry several periods go at once, never more than asked for")
    func several() {
        let source = Self.vowel(200, frames: 2400)
        let result = Self.apply(Self.order(4800, likeness: 0.4, several: true), to: source)
        #expect(result.change <= -1200)
        let little = Self.apply(Self.order(250, likeness: 0.4, several: true), to: source)
        #expect(little.change == -240)
    }

    @Test("sound of any length is stretched within its memory", arguments: 0..<40)
    func fuzz(seed: Int) {
        var random = RandomSource.seeded(UInt64(seed))
        for _ in 0..<50 {
            let channels = Int.random(in: 1...2, using: &random)
            let frames = Int.random(in: 1...5760, using: &random)
            let samples = (0..<frames * channels).map { _ in Float.random(in: -1...1, using: &random) }
            let wanted = Int.random(in: -6000...6000, using: &random)
            let result = Self.apply(
                Self.order(
                    wanted, likeness: Float.random(in: -1...1, using: &random), several: Bool.random(using: &random)),
                to: samples, channels: channels)
            #expect(wanted > 0 ? result.change <= 0 && -result.change <= max(wanted, 120) : result.change >= 0)
            #expect(result.change <= TimeStretcher.longestLag)
            #expect(result.samples.allSatisfy { abs($0) < 2.1 })
        }
    }

    @Test("the policy: pauses at once, speech with patience, an excess over 100 ms without")
    func policy() {
        var policy = StretchPolicy()
        #expect(policy.decide(excess: 100, isQuiet: true, frames: 960).samples == 0)
        #expect(policy.decide(excess: 300, isQuiet: true, frames: 960).samples == 300)
        #expect(policy.decide(excess: -300, isQuiet: true, frames: 960).samples == -300)
        #expect(policy.decide(excess: 300, isQuiet: false, frames: 960).samples == 0)
        #expect(policy.decide(excess: 600, isQuiet: false, frames: 960).samples == 600)
        policy.changed()
        #expect(policy.decide(excess: 600, isQuiet: false, frames: 960).samples == 0)
        #expect(policy.decide(excess: 6000, isQuiet: false, frames: 960).samples == 6000)
        #expect(policy.isBehind)
        #expect(policy.decide(excess: -300, isQuiet: false, frames: 960).samples == 0)
        #expect(!policy.isBehind)
    }
}
