import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("Echo, noise and gain", .timeLimit(.minutes(2)))
struct EchoTests {
    private static let rooms = [
        SyntheticRoom(delayMilliseconds: 25, decibels: -10, reverberationMilliseconds: 120, distorts: false, seed: 1),
        SyntheticRoom(delayMilliseconds: 80, decibels: -6, reverberationMilliseconds: 200, distorts: false, seed: 2),
        SyntheticRoom(delayMilliseconds: 150, decibels: -14, reverberationMilliseconds: 60, distorts: true, seed: 3),
    ]

    /// Lets a call go by: `played` goes to the loudspeaker while the microphone hears `heard`.
    private static func process(
        _ heard: [Float], played: [Float], _ processing: CaptureProcessing, reportedDelay: Int64 = 40_000_000
    ) -> [Float] {
        let processor = CaptureProcessor(processing, captureChannels: 1, renderChannels: 1)
        var output: [Float] = []
        output.reserveCapacity(heard.count)
        for start in stride(from: 0, to: min(heard.count, played.count) - 479, by: 480) {
            let far = Array(played[start..<start + 480])
            var near = Array(heard[start..<start + 480])
            far.withUnsafeBufferPointer { processor.render($0.baseAddress!, channels: 1) }
            near.withUnsafeMutableBufferPointer {
                processor.process($0.baseAddress!, channels: 1, delay: reportedDelay)
            }
            output += near
        }
        return output
    }

    private static func power(_ samples: ArraySlice<Float>) -> Double {
        samples.reduce(1e-12) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
    }

    private static func decibels(_ ratio: Double) -> Double { 10 * log10(ratio) }

    /// The part of `output` that is `source`, some milliseconds later: its gain in dB, and what else there is against it.
    private static func share(of source: ArraySlice<Float>, in output: [Float], from start: Int) -> (
        gain: Double, rest: Double
    ) {
        var best = (score: 0.0, gain: 0.0, rest: 0.0)
        let reference = Array(source)
        let referencePower = reference.reduce(0.0) { $0 + Double($1) * Double($1) }
        for delay in stride(from: 0, to: 960, by: 2) where start + delay + reference.count <= output.count {
            var product = 0.0
            for index in stride(from: 0, to: reference.count, by: 2) {
                product += Double(reference[index]) * Double(output[start + delay + index])
            }
            product *= 2
            guard product > best.score else { continue }
            let gain = product / referencePower
            let total = Self.power(output[start + delay..<start + delay + reference.count]) * Double(reference.count)
            best = (product, gain, max(total - gain * gain * referencePower, 1e-12) / (gain * gain * referencePower))
        }
        return (20 * log10(max(best.gain, 1e-6)), 10 * log10(max(best.rest, 1e-12)))
    }

    @Test("the delay that is told of the processing is the one that it has")
    func toldDelay() {
        var random = RandomSource.seeded(5)
        var low: Float = 0
        // Noise that comes and goes, as a voice does; without the rumble that the processing takes away.
        let source = (0..<48_000 * 4).map { index -> Float in
            low += 0.3 * (Float.random(in: -0.5...0.5, using: &random) - low)
            let wave = max(sin(2 * Double.pi * 3.1 * Double(index) / 48_000), 0)
            return low * Float(wave * wave)
        }
        let silence = [Float](repeating: 0, count: source.count)
        for processing in [
            CaptureProcessing(echo: .medium), CaptureProcessing(noise: .soft), CaptureProcessing(gain: .soft),
            CaptureProcessing(echo: .medium, noise: .soft, gain: .soft),
        ] {
            let told = CaptureProcessor(processing, captureChannels: 1, renderChannels: 1).delayMicroseconds
            let output = Self.process(source, played: silence, processing)
            var best = (score: Float(0), delay: 0)
            for delay in 0..<900 {
                var score: Float = 0
                for index in stride(from: 96_000, to: 160_000, by: 3) { score += source[index] * output[index + delay] }
                if score > best.score { best = (score, delay) }
            }
            #expect(abs(Double(best.delay) / 48 - Double(told) / 1000) < 0.3, "\(processing)")
        }
    }

    @Test("an echo is taken out, whatever delay the cards report", arguments: [0, 1, 2])
    func cancelsEcho(room number: Int) {
        let played = Speech.samples(seconds: 8, seed: 21).map { $0 * 0.8 }
        let heard = Self.rooms[number].echo(of: played)
        let late = 4 * 48_000..<7 * 48_000
        for reported in [Int64(0), 100_000_000] {
            let output = Self.process(
                heard, played: played, CaptureProcessing(echo: .aggressive), reportedDelay: reported)
            let loss = Self.decibels(Self.power(heard[late]) / Self.power(output[late]))
            print("room \(number), reported \(reported / 1_000_000) ms: ERLE \(Int(loss)) dB from 4 to 7 s")
            #expect(loss > 15)
        }
    }

    @Test("two who speak at once are both heard", arguments: ProcessingStrength.allCases)
    func doubleTalk(strength: ProcessingStrength) {
        let played = Speech.samples(seconds: 8, seed: 21).map { $0 * 0.8 }
        let spoken = Speech.samples(seconds: 8, seed: 33)
        let echo = Self.rooms[0].echo(of: played)
        // Speaks from the fourth second on, when the filter has found the room.
        let heard = zip(echo, spoken).enumerated().map { $0 < 4 * 48_000 ? $1.0 : $1.0 + $1.1 }
        let output = Self.process(heard, played: played, CaptureProcessing(echo: strength))
        let start = 4 * 48_000 + 24_000
        let part = Self.share(of: spoken[start..<start + 2 * 48_000], in: output, from: start)
        let before = Self.share(of: spoken[start..<start + 2 * 48_000], in: heard, from: start)
        print(
            "double talk, \(strength): the voice at \(part.gain) dB, what else at \(part.rest) dB, was \(before.rest)")
        #expect(part.gain > (strength == .soft ? -6 : strength == .medium ? -8 : -12))
    }

    @Test("a voice alone is not harmed", arguments: [false, true])
    func sparesSpeech(suppressesNoise: Bool) {
        let spoken = Speech.samples(seconds: 6, seed: 44)
        let silence = [Float](repeating: 0, count: spoken.count)
        let processing = CaptureProcessing(echo: .aggressive, noise: suppressesNoise ? .medium : nil)
        let output = Self.process(spoken, played: silence, processing)
        let verdict = Judge(source: spoken).verdict(on: output, maximumDelay: 2400)
        print("a voice alone: \(verdict.share) found, \(Double(verdict.delay) / 48) ms later")
        #expect(verdict.share > 0.9)
    }

    @Test("noise behind a voice is taken out")
    func suppressesNoise() {
        var random = RandomSource.seeded(5)
        let spoken = [Float](repeating: 0, count: 96_000) + Speech.samples(seconds: 3, seed: 7)
        let noisy = spoken.map { $0 + Float.random(in: -0.01...0.01, using: &random) }
        let output = Self.process(
            noisy, played: [Float](repeating: 0, count: noisy.count), CaptureProcessing(noise: .medium))
        let quiet = 48_000..<90_000
        let loss = Self.decibels(Self.power(noisy[quiet]) / Self.power(output[quiet]))
        print("noise alone: \(Int(loss)) dB less")
        #expect(loss > 8)
        let verdict = Judge(source: Array(spoken[96_000...])).verdict(on: Array(output[96_000...]), maximumDelay: 2400)
        #expect(verdict.share > 0.8)
    }

    @Test("a quiet voice becomes louder, and none too loud")
    func evensGain() {
        let spoken = Speech.samples(seconds: 6, seed: 9).map { $0 * 0.1 }
        let output = Self.process(
            spoken, played: [Float](repeating: 0, count: spoken.count), CaptureProcessing(gain: .medium))
        let late = 3 * 48_000..<5 * 48_000
        let gain = Self.decibels(Self.power(output[late]) / Self.power(spoken[late]))
        print("a quiet voice: \(gain) dB louder")
        #expect(gain > 4)
        let loud = Speech.samples(seconds: 6, seed: 9).map { $0 * 1.6 }
        let limited = Self.process(
            loud, played: [Float](repeating: 0, count: loud.count), CaptureProcessing(gain: .medium))
        #expect(limited.allSatisfy { abs($0) <= 1 })
    }

    @Test("two channels are processed like one")
    func stereo() {
        let spoken = Speech.samples(seconds: 3, seed: 12)
        let processor = CaptureProcessor(
            CaptureProcessing(echo: .soft), captureChannels: 2, renderChannels: 2)
        var left: [Float] = []
        for start in stride(from: 0, to: spoken.count - 479, by: 480) {
            var block = (0..<960).map { $0 % 2 == 0 ? spoken[start + $0 / 2] : 0.5 * spoken[start + $0 / 2] }
            let silence = [Float](repeating: 0, count: 960)
            silence.withUnsafeBufferPointer { processor.render($0.baseAddress!, channels: 2) }
            block.withUnsafeMutableBufferPointer { processor.process($0.baseAddress!, channels: 2, delay: 0) }
            left += stride(from: 0, to: 960, by: 2).map { block[$0] }
        }
        #expect(Judge(source: spoken).verdict(on: left, maximumDelay: 2400).share > 0.9)
    }
}
