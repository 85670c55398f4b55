import Glibc
import Testing
import Transport
import VoiceAudio

@Suite("Delay and what is told of it, in virtual time")
struct DelayTests {
    /// Plays packets as they arrive, in blocks of `frames`; `late`: by how much the moment of a block is put off from then on.
    private static func play(
        _ packets: [VirtualPacket], seconds: Double, frames: Int, unit: inout PlayoutUnit,
        late: (Int) -> Int64 = { _ in 0 }
    ) -> [Float] {
        var output: [Float] = []
        var waiting = packets[...]
        var block = [Float](repeating: 0, count: frames)
        for tick in 0..<Int(seconds * 48_000) / frames {
            let time = MonotonicTime(nanoseconds: Int64(tick * frames) * 62_500 / 3 + late(tick))
            while let packet = waiting.first, packet.arrival <= time {
                packet.payload.withUnsafeBytes { bytes in
                    _ = unit.jitterBuffer.insert(
                        sequenceNumber: packet.sequence, timestamp: packet.timestamp, arrival: packet.arrival,
                        payload: bytes)
                }
                waiting.removeFirst()
            }
            block.withUnsafeMutableBufferPointer { unit.render(into: $0.baseAddress!, at: time, frames: frames) }
            output += block
        }
        return output
    }

    struct Chain: CustomTestStringConvertible {
        let frameMs: Int
        let blockFrames: Int
        let application: PublisherAudio.Application
        let lookAhead: Double
        var testDescription: String {
            "frames of \(frameMs) ms, blocks of \(Double(blockFrames) / 48) ms, \(application)"
        }
    }

    private static let chains = [
        Chain(frameMs: 20, blockFrames: 480, application: .voice, lookAhead: 6.5),
        Chain(frameMs: 20, blockFrames: 240, application: .voice, lookAhead: 6.5),
        Chain(frameMs: 20, blockFrames: 120, application: .voice, lookAhead: 6.5),
        Chain(frameMs: 10, blockFrames: 240, application: .voice, lookAhead: 6.5),
        Chain(frameMs: 10, blockFrames: 120, application: .lowDelay, lookAhead: 2.5),
        Chain(frameMs: 5, blockFrames: 120, application: .lowDelay, lookAhead: 2.5),
    ]

    @Test("what is heard is as old as frame, look-ahead, path and buffer are said to be", arguments: chains)
    func adds(chain: Chain) throws {
        let speech = Speech.samples(seconds: 12, seed: 3)
        let packets = try ChainTests.encode(
            speech, frameMilliseconds: chain.frameMs, bitrate: 96_000, application: chain.application)
        var unit = try PlayoutUnit.make(channels: 1)
        let path = VirtualPath(delay: { _ in 5.3 }, frameSamples: chain.frameMs * 48)
        let frame = MonotonicTime(nanoseconds: Int64(chain.frameMs) * 1_000_000)
        let output = Self.play(
            path.arrivals(packets, start: frame), seconds: 12, frames: chain.blockFrames, unit: &unit)
        let from = 48_000 * 8
        let verdict = Judge(source: Array(speech[from..<48_000 * 11])).verdict(
            on: Array(output[from...]), maximumDelay: 9600)
        #expect(verdict.share > 0.95)
        let buffer = Double(unit.jitterBuffer.delay) / 1e6
        let told = Double(chain.frameMs) + chain.lookAhead + 5.3 + buffer
        let measured = Double(verdict.delay) / 48
        #expect(abs(measured - told) < 0.6, "\(measured) ms measured, \(told) told")
        // On a path without jitter: a block, and little beside it.
        #expect(buffer < Double(chain.blockFrames) / 48 + 5)
        // Of that it waits a block decoded at most, and what the resampler looks ahead.
        let decoded = Double(unit.decodeDelay) / 1e6
        #expect(decoded > 0.29 && decoded < Double(chain.blockFrames) / 48 + 0.4)
        #expect(unit.concealedFrames == 0)
    }

    @Test("a card's queue that becomes shorter is neither heard as a step nor as a gap, and the delay follows")
    func shorterQueue() throws {
        let tone = (0..<48_000 * 60).map { Float(0.25 * sin(2 * Double.pi * 440 * Double($0) / 48_000)) }
        let packets = try ChainTests.encode(tone, bitrate: 96_000)
        var unit = try PlayoutUnit.make(channels: 1)
        let path = VirtualPath(delay: { _ in 5 })
        // Five milliseconds, one every four seconds, from the 20th second on.
        let output = Self.play(
            path.arrivals(packets), seconds: 59, frames: 240, unit: &unit,
            late: { Int64(min(max(($0 - 4000) / 800 + ($0 >= 4000 ? 1 : 0), 0), 5)) * 1_000_000 })
        let sounding = output[48_000...]
        let steps = zip(sounding, sounding.dropFirst()).map { abs($0 - $1) }
        #expect((steps.max() ?? 1) < 0.03)
        #expect(unit.concealedFrames == 0)
        #expect(abs(unit.jitterBuffer.delay - unit.jitterBuffer.target) < 5_000_000)
    }
}
