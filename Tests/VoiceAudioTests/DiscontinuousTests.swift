import Glibc
import RTP
import Testing
import Transport
import VoiceAudio

/// DTX: a voice in a room with some noise, whose pauses are not sent, in virtual time.
@Suite struct DiscontinuousTests {
    private struct Outcome {
        var output: [Float] = []
        var packets = 0
        var frames = 0
        var concealed = 0
        var lost = 0
        /// ms, the largest.
        var target = 0.0
    }

    /// Sentences of two seconds with pauses of three between them, and noise of −50 dBFS all the time.
    private static func room(seconds: Int) -> [Float] {
        var random = RandomSource.seeded(3)
        let speech = Speech.samples(seconds: Double(seconds))
        var noise: Float = 0
        return speech.indices.map { index in
            noise = noise * 0.7 + Float.random(in: -1...1, using: &random) * 0.3
            return noise * 0.013 + (index / 48_000 % 5 < 2 ? speech[index] : 0)
        }
    }

    private func run(_ samples: [Float], isDiscontinuous: Bool) throws -> Outcome {
        var outcome = Outcome()
        var random = RandomSource.seeded(1)
        var encoder = try VoiceEncoder.make(PublisherAudio(isDiscontinuous: isDiscontinuous), complexity: 9)
        var unit = try PlayoutUnit.make(channels: 1)
        var packet = [UInt8](repeating: 0, count: AudioLimits.maximumPayload)
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
        var waiting: [(arrival: MonotonicTime, number: Int, timestamp: UInt32, payload: [UInt8])] = []
        var quiet = 0
        for index in 0..<samples.count / 960 {
            let length = try #require(
                samples.withUnsafeBufferPointer { samples in
                    packet.withUnsafeMutableBytes { encoder.encode(samples.baseAddress! + index * 960, into: $0) }
                })
            quiet = length <= VoiceEncoder.quietPacket ? quiet + 1 : 0
            outcome.frames += 1
            if quiet <= 2 {
                let sent = MonotonicTime(nanoseconds: Int64(index + 1) * 20_000_000)
                waiting.append(
                    (
                        sent.advanced(byNanoseconds: Int64.random(in: 0...3_000_000, using: &random)), outcome.packets,
                        UInt32(index * 960), Array(packet[..<length])
                    ))
                outcome.packets += 1
            }
            for half in 0..<2 {
                let time = MonotonicTime(nanoseconds: Int64(2 * (index + 1) + half) * 10_000_000)
                while let first = waiting.first, first.arrival <= time {
                    waiting.removeFirst()
                    first.payload.withUnsafeBytes {
                        _ = unit.jitterBuffer.insert(
                            sequenceNumber: UInt16(truncatingIfNeeded: first.number), timestamp: first.timestamp,
                            arrival: first.arrival, payload: $0)
                    }
                }
                block.withUnsafeMutableBufferPointer { unit.render(into: $0.baseAddress!, at: time) }
                outcome.output += block
            }
            if index > 250 { outcome.target = max(outcome.target, Double(unit.jitterBuffer.target) / 1e6) }
        }
        outcome.concealed = unit.concealedFrames
        outcome.lost = unit.jitterBuffer.counters.lost
        return outcome
    }

    private func decibels(_ samples: some Collection<Float>) -> Double {
        let energy = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
        return 10 * log10(max(energy, 1e-12))
    }

    @Test func pausesAreNotSentAndNotMissed() throws {
        let samples = Self.room(seconds: 30)
        let all = try run(samples, isDiscontinuous: false)
        let some = try run(samples, isDiscontinuous: true)
        // Late in each pause, when the encoder has fallen silent: the noise of the room, as it goes on at the listener.
        var levels: [(sent: Double, heard: Double)] = []
        for second in stride(from: 9, to: 30, by: 5) {
            let part = second * 48_000..<(second + 1) * 48_000
            levels.append((decibels(all.output[part]), decibels(some.output[part])))
        }
        print(
            "measured: DTX: \(some.packets) of \(some.frames) frames sent, \(some.concealed) samples concealed, pauses \(levels), targets \(all.target) and \(some.target) ms"
        )
        #expect(all.packets == all.frames)
        #expect(some.packets < some.frames * 3 / 4)
        #expect(some.lost == 0 && some.concealed <= all.concealed)
        #expect(some.target <= all.target + 1)
        for level in levels { #expect(abs(level.heard - level.sent) < 6, "\(levels)") }
    }

    @Test func aPauseIsFilledUntilTheNextPacketAndIsNoLoss() throws {
        var buffer = JitterBuffer()
        func insert(_ number: UInt16, _ timestamp: UInt32, _ payload: [UInt8], at milliseconds: Int64) {
            payload.withUnsafeBytes {
                _ = buffer.insert(
                    sequenceNumber: number, timestamp: timestamp,
                    arrival: MonotonicTime(nanoseconds: milliseconds * 1_000_000), payload: $0)
            }
        }
        insert(0, 0, [0x78, 1, 2, 3], at: 0)
        insert(1, 960, [0x78], at: 20)
        var comfort = 0
        for step in Int64(0)..<60 {
            let time = MonotonicTime(nanoseconds: (60 + step * 10) * 1_000_000)
            if step == 40 { insert(2, 960 * 21, [0x78, 1, 2, 3], at: 440) }
            if case .comfort(let samples) = buffer.next(at: time, wanted: 480) { comfort += samples }
        }
        #expect(comfort > 960 * 15)
        #expect(buffer.counters.lost == 0 && buffer.counters.late == 0)
    }
}
