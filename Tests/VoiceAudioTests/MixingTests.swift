import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("Mixing and levels")
struct MixingTests {
    @Test("the limiter keeps any signal under its ceiling and finite", arguments: 0..<30)
    func limiterCeiling(seed: Int) {
        var random = RandomSource.seeded(UInt64(seed))
        let channels = seed % 2 + 1
        var limiter = Limiter(channels: channels)
        for _ in 0..<20 {
            let loudness = Float.random(in: 0.1...20, using: &random)
            var block = (0..<480 * channels).map { _ in Float.random(in: -loudness...loudness, using: &random) }
            if seed % 7 == 0 { block[17] = .nan }
            if seed % 5 == 0 { block[301] = .infinity }
            block.withUnsafeMutableBufferPointer { limiter.process($0.baseAddress!, frames: 480) }
            #expect(block.allSatisfy { abs($0) <= Limiter.ceiling * 1.0001 })
        }
    }

    @Test("what is not loud leaves the limiter as it came, half a millisecond later")
    func limiterTransparent() {
        var limiter = Limiter(channels: 1)
        let source = Speech.samples(seconds: 1)
        var output: [Float] = []
        for start in stride(from: 0, to: source.count, by: 480) {
            var block = Array(source[start..<start + 480])
            block.withUnsafeMutableBufferPointer { limiter.process($0.baseAddress!, frames: 480) }
            output += block
        }
        #expect(Array(output.dropFirst(24)) == Array(source.dropLast(24)))
    }

    @Test("the limiter lets go again within a second")
    func limiterRelease() {
        var limiter = Limiter(channels: 1)
        var loud = [Float](repeating: 4, count: 480)
        loud.withUnsafeMutableBufferPointer { limiter.process($0.baseAddress!, frames: 480) }
        #expect(limiter.gain < 0.25)
        for _ in 0..<100 {
            var quiet = [Float](repeating: 0.1, count: 480)
            quiet.withUnsafeMutableBufferPointer { limiter.process($0.baseAddress!, frames: 480) }
        }
        #expect(limiter.gain == 1)
    }

    @Test("a gain changes without a step")
    func ramp() {
        var ramp = GainRamp(1)
        var block = [Float](repeating: 1, count: 480)
        block.withUnsafeMutableBufferPointer { ramp.apply(0, to: $0.baseAddress!, frames: 480, channels: 1) }
        #expect(block.first! > 0.99)
        #expect(block.last! == 0)
        #expect(zip(block, block.dropFirst()).allSatisfy { abs($0 - $1) < 0.003 })
        #expect(ramp.current == 0)
    }

    @Test("levels are those of RFC 6464", arguments: [(0.0, 3), (-20.0, 23), (-40.0, 43), (-60.0, 63)])
    func level(decibels: Double, expected: Int) {
        // A sine is 3 dB below a square wave of the same peak.
        let amplitude = pow(10, decibels / 20)
        let block = (0..<480).map { Float(amplitude * sin(2 * Double.pi * 1000 * Double($0) / 48_000)) }
        var meter = LevelMeter()
        block.withUnsafeBufferPointer { meter.measure($0.baseAddress!, count: 480) }
        #expect(Int(meter.audioLevel) == expected)
    }

    @Test("silence is 127 and sound level 0; full scale is 100")
    func levelBounds() {
        var meter = LevelMeter()
        let silence = [Float](repeating: 0, count: 480)
        silence.withUnsafeBufferPointer { meter.measure($0.baseAddress!, count: 480) }
        #expect(meter.audioLevel == 127)
        #expect(meter.soundLevel == 0)
        let square = (0..<480).map { Float($0 % 2 == 0 ? 1 : -1) }
        square.withUnsafeBufferPointer { meter.measure($0.baseAddress!, count: 480) }
        #expect(meter.audioLevel == 0)
        #expect(meter.soundLevel == 10_000)
    }

    @Test("a voice over noise is a voice, the noise alone is not")
    func voiceActivity() {
        var random = RandomSource.seeded(3)
        var detector = VoiceActivityDetector()
        func noise() -> [Float] { (0..<480).map { _ in Float.random(in: -0.003...0.003, using: &random) } }
        var active = 0
        for _ in 0..<300 {
            let block = noise()
            detector.process(energy: block.withUnsafeBufferPointer { LevelMeter.energy($0.baseAddress!, count: 480) })
            active += detector.isActive ? 1 : 0
        }
        #expect(active == 0)
        let speech = Speech.samples(seconds: 3)
        for start in stride(from: 0, to: speech.count, by: 480) {
            let block = zip(speech[start..<start + 480], noise()).map { $0 + $1 }
            detector.process(energy: block.withUnsafeBufferPointer { LevelMeter.energy($0.baseAddress!, count: 480) })
            active += detector.isActive ? 1 : 0
        }
        #expect(active > 200)
    }
}
