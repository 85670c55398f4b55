import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("From encoder to ear, in virtual time")
struct ChainTests {
    /// Encodes a recording into packets.
    static func encode(
        _ samples: [Float], frameMilliseconds: Int = 20, bitrate: Int = 64_000, expectedLoss: Int32 = 0,
        application: PublisherAudio.Application = .voice
    ) throws -> [[UInt8]] {
        let audio = PublisherAudio(bitrate: bitrate, frameMilliseconds: frameMilliseconds, application: application)
        var encoder = try VoiceEncoder.make(audio, complexity: 5)
        encoder.adapt(bitrate: Int32(bitrate), expectedLoss: expectedLoss)
        var packets: [[UInt8]] = []
        var packet = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
        for start in stride(from: 0, through: samples.count - encoder.frameSamples, by: encoder.frameSamples) {
            let length = samples.withUnsafeBufferPointer { samples in
                packet.withUnsafeMutableBytes { encoder.encode(samples.baseAddress! + start, into: $0) }
            }
            packets.append(Array(packet.prefix(try #require(length))))
        }
        return packets
    }

    /// Plays packets as they arrive.
    static func play(_ packets: [VirtualPacket], seconds: Double, unit: inout PlayoutUnit) -> [Float] {
        var output: [Float] = []
        var waiting = packets[...]
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
        for tick in 0..<Int(seconds * 100) {
            let time = MonotonicTime(nanoseconds: Int64(tick) * 10_000_000)
            while let packet = waiting.first, packet.arrival <= time {
                packet.payload.withUnsafeBytes { bytes in
                    _ = unit.jitterBuffer.insert(
                        sequenceNumber: packet.sequence, timestamp: packet.timestamp, arrival: packet.arrival,
                        payload: bytes)
                }
                waiting.removeFirst()
            }
            block.withUnsafeMutableBufferPointer { unit.render(into: $0.baseAddress!, at: time) }
            output += block
        }
        return output
    }

    @Test("what is said is heard, at the delay of path, buffer and codec", arguments: [10, 20, 40, 60])
    func clean(frameMilliseconds: Int) throws {
        let speech = Speech.samples(seconds: 6, seed: 2)
        let packets = try Self.encode(speech, frameMilliseconds: frameMilliseconds)
        var unit = try PlayoutUnit.make(channels: 1)
        let path = VirtualPath(delay: { _ in 5 }, frameSamples: frameMilliseconds * 48)
        // A frame leaves when its last sample has been captured.
        let arrivals = path.arrivals(packets, start: MonotonicTime(nanoseconds: Int64(frameMilliseconds) * 1_000_000))
        let output = Self.play(arrivals, seconds: 6, unit: &unit)
        let verdict = Judge(source: speech).verdict(on: output, maximumDelay: 9600)
        #expect(verdict.share > 0.95)
        // Frame, look-ahead of 6.5 ms, path of 5 ms, at most 40 ms of buffer at first.
        let expected = Double(frameMilliseconds) + 6.5 + 5 + 40
        #expect(Double(verdict.delay) / 48 <= expected + 1)
        #expect(unit.concealedFrames == 0)
    }

    @Test("the judge is not content with silence, noise, a loop or chopped sound")
    func judge() {
        let speech = Speech.samples(seconds: 6, seed: 2)
        let judge = Judge(source: speech)
        func share(_ output: [Float]) -> Double { judge.verdict(on: output, maximumDelay: 4800).share }
        var random = RandomSource.seeded(1)
        #expect(share(speech) > 0.99)
        #expect(share([Float](repeating: 0, count: speech.count)) < 0.1)
        #expect(share(speech.map { _ in Float.random(in: -0.3...0.3, using: &random) }) < 0.1)
        #expect(share((0..<speech.count).map { speech[$0 % 24_000] }) < 0.5)
        #expect(share((0..<speech.count).map { $0 / 2400 % 2 == 0 ? speech[$0] : 0 }) < 0.8)
    }

    @Test("a jittery path is heard through", arguments: [21, 22, 23])
    func jitter(seed: UInt64) throws {
        let speech = Speech.samples(seconds: 10, seed: seed)
        let packets = try Self.encode(speech)
        var random = RandomSource.seeded(seed)
        let delays = packets.map { _ in Double.random(in: 0...30, using: &random) }
        var unit = try PlayoutUnit.make(channels: 1)
        let arrivals = VirtualPath(delay: { delays[$0] }).arrivals(packets)
        let output = Self.play(arrivals, seconds: 10, unit: &unit)
        #expect(Judge(source: speech).verdict(on: output, maximumDelay: 9600).share > 0.9)
        #expect(Double(unit.concealedFrames) / Double(unit.playedFrames) < 0.03)
    }

    @Test("five percent of loss is repaired from the copies in band")
    func loss() throws {
        let speech = Speech.samples(seconds: 10, seed: 5)
        let packets = try Self.encode(speech, bitrate: 40_000, expectedLoss: 10)
        var random = RandomSource.seeded(9)
        let lost = packets.map { _ in Int.random(in: 0..<20, using: &random) == 0 }
        var unit = try PlayoutUnit.make(channels: 1)
        let arrivals = VirtualPath(delay: { lost[$0] ? nil : 5 }).arrivals(packets)
        let output = Self.play(arrivals, seconds: 10, unit: &unit)
        let counters = unit.jitterBuffer.counters
        #expect(counters.recovered > lost.count { $0 } / 2)
        #expect(Judge(source: speech).verdict(on: output, maximumDelay: 9600).share > 0.85)
    }

    @Test("after a stall of 200 ms the delay shrinks again and nothing said is missing")
    func stall() throws {
        let speech = Speech.samples(seconds: 26, seed: 6)
        let packets = try Self.encode(speech)
        let path = VirtualPath(delay: { 900..<910 ~= $0 ? 5 + Double(910 - $0) * 20 : 5 })
        var unit = try PlayoutUnit.make(channels: 1)
        let output = Self.play(path.arrivals(packets), seconds: 26, unit: &unit)
        #expect(unit.jitterBuffer.counters.lost == 0)
        #expect(unit.jitterBuffer.delay - unit.jitterBuffer.target < 40_000_000)
        let later = 48_000 * 22
        let after = Judge(source: Array(speech[later...])).verdict(on: Array(output[later...]), maximumDelay: 9600)
        #expect(after.share > 0.9)
    }

    @Test("concealment fades to silence and sound comes back without a step")
    func fades() throws {
        let tone = (0..<48_000 * 4).map { Float(0.3) * Float($0 % 240 < 120 ? 1 : -1) }
        let packets = try Self.encode(tone)
        let path = VirtualPath(delay: { 50..<100 ~= $0 ? nil : 5 })
        var unit = try PlayoutUnit.make(channels: 1)
        let output = Self.play(path.arrivals(packets), seconds: 4, unit: &unit)
        // 50 frames from 1.0 s on are lost; 300 ms later all is quiet.
        #expect(output[48_000 * 135 / 100..<48_000 * 195 / 100].allSatisfy { abs($0) < 0.001 })
        #expect(output[48_000 * 3..<48_000 * 31 / 10].contains { abs($0) > 0.2 })
    }

    @Test("another encoder behind the same stream is heard without a click, and as if it had always been there")
    func freshEncoder() throws {
        func tone(_ hertz: Double, _ seconds: Double) -> [Float] {
            (0..<Int(48_000 * seconds)).map { Float(0.25 * sin(2 * Double.pi * hertz * Double($0) / 48_000)) }
        }
        // The first breaks off in the middle of its sound; the second begins with numbers and times of its own.
        let first = VirtualPath(delay: { _ in 5 }).arrivals(try Self.encode(tone(440, 2), bitrate: 96_000))
        let begin = MonotonicTime(nanoseconds: 2_000_000_000)
        let path = VirtualPath(delay: { _ in 5 }, firstSequence: 31_000, firstTimestamp: 3_000_000_000)
        let second = path.arrivals(try Self.encode(tone(300, 2), bitrate: 96_000), start: begin)
        var unit = try PlayoutUnit.make(channels: 1)
        let output = Self.play(first + second, seconds: 4, unit: &unit)
        #expect(unit.jitterBuffer.counters.restarts == 2)
        let heard = output[2400...]
        let steps = zip(heard, heard.dropFirst()).map { abs($0 - $1) }
        #expect((steps.max() ?? 1) < 0.03)
        // Half a second later the new tone is there, whole.
        let tail = output[48_000 * 26 / 10..<48_000 * 36 / 10]
        let rises = zip(tail, tail.dropFirst()).count { $0 <= 0 && $1 > 0 }
        #expect(abs(rises - 300) <= 1)
        #expect(tail.contains { $0 > 0.22 })
    }

    @Test("garbage between good packets changes nothing but a counter")
    func garbage() throws {
        let speech = Speech.samples(seconds: 4, seed: 4)
        var random = RandomSource.seeded(77)
        var unit = try PlayoutUnit.make(channels: 1)
        var arrivals = VirtualPath(delay: { _ in 5 }).arrivals(try Self.encode(speech))
        for index in stride(from: 10, to: arrivals.count, by: 10) {
            var bad = arrivals[index]
            bad.sequence &+= 20_000 &+ UInt16(index)
            bad.payload = random.bytes(60)
            arrivals.insert(bad, at: index)
        }
        let output = Self.play(arrivals, seconds: 4, unit: &unit)
        #expect(Judge(source: speech).verdict(on: output, maximumDelay: 9600).share > 0.95)
    }
}
