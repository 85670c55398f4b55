import Glibc
import Testing
import Transport
import VoiceAudio
import VoiceSimulation

@Suite("Clocks that differ, in virtual time")
struct DriftTests {
    /// A sender whose clock is off by `partsPerMillion` (positive: slow), heard for `seconds`.
    private static func listen(
        partsPerMillion: Double, seconds: Int, jitter: @escaping (Int) -> Double = { _ in 0 },
        to listener: inout Listener
    ) {
        let count = seconds * 50
        let path = VirtualPath(delay: { 5 + Double($0) * 20 * partsPerMillion / 1e6 + jitter($0) })
        let packets = path.arrivals(Array(repeating: MockPacket.plain, count: count))
        // The last packet of a fast sender comes before its time.
        let last = Double(count - 5) * 20e6 * (1 + min(partsPerMillion, 0) / 1e6)
        listener.listen(to: packets, until: MonotonicTime(nanoseconds: Int64(last)))
    }

    @Test(
        "an hour at 200 ppm: nothing made up, nothing cut, the delay at its target", arguments: [200.0, -200])
    func hour(partsPerMillion: Double) {
        var listener = Listener()
        listener.stretches = true
        listener.corrector = DriftCorrector()
        Self.listen(partsPerMillion: partsPerMillion, seconds: 120, to: &listener)
        let settled = (listener.removedSamples, listener.addedSamples)
        #expect(listener.concealedSamples == 0)
        // The same call goes on: another listener hears it from the start, for the whole hour.
        var patient = Listener()
        patient.stretches = true
        patient.corrector = DriftCorrector()
        Self.listen(partsPerMillion: partsPerMillion, seconds: 3600, to: &patient)
        #expect(patient.concealedSamples == 0)
        #expect(patient.buffer.counters.lost == 0 && patient.buffer.counters.skipped == 0)
        #expect(patient.removedSamples == settled.0 && patient.addedSamples == settled.1)
        let late = zip(patient.delays, patient.targets).dropFirst(120 * 50)
        #expect(late.allSatisfy { abs($0 - $1) < 3 })
        let drift = (patient.corrector?.drift ?? 0) * 1e6
        #expect(abs(drift + partsPerMillion) < 3)
    }

    @Test("an hour at 200 ppm through decoder and resampler: likewise", arguments: [200.0, -200])
    func wholeHour(partsPerMillion: Double) throws {
        let payloads = try ChainTests.encode(Speech.samples(seconds: 1, seed: 8), bitrate: 12_000)
        var unit = try PlayoutUnit.make(channels: 1)
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples)
        var sent = 0
        var settled = (concealed: 0, changed: 0)
        var farthest: Int64 = 0
        for tick in 0..<3600 * 100 {
            let time = MonotonicTime(nanoseconds: Int64(tick) * 10_000_000)
            while true {
                let arrival = MonotonicTime(
                    nanoseconds: 5_000_000 + Int64(Double(sent) * 20e6 * (1 + partsPerMillion / 1e6)))
                guard arrival <= time else { break }
                payloads[sent % payloads.count].withUnsafeBytes { payload in
                    _ = unit.jitterBuffer.insert(
                        sequenceNumber: UInt16(truncatingIfNeeded: sent),
                        timestamp: UInt32(truncatingIfNeeded: sent * 960), arrival: arrival, payload: payload)
                }
                sent += 1
            }
            block.withUnsafeMutableBufferPointer { unit.render(into: $0.baseAddress!, at: time) }
            if tick == 120 * 100 {
                settled = (unit.concealedFrames, unit.removedFrames + unit.addedFrames)
            } else if tick > 120 * 100 {
                farthest = max(farthest, abs(unit.jitterBuffer.delay - unit.jitterBuffer.target))
            }
        }
        #expect(unit.concealedFrames == settled.concealed, "never dry")
        #expect(unit.removedFrames + unit.addedFrames == settled.changed, "nothing cut or repeated")
        #expect(farthest < 3_000_000)
        #expect(abs(unit.driftPartsPerMillion + partsPerMillion) < 5)
        #expect(unit.jitterBuffer.counters.lost == 0 && unit.jitterBuffer.counters.skipped == 0)
    }

    @Test("jitter is not taken for drift", arguments: [1, 2] as [UInt64])
    func jitter(seed: UInt64) {
        let delays = DelayTrace.cable.delays(count: 15_000, seed: seed)
        var listener = Listener()
        listener.stretches = true
        listener.corrector = DriftCorrector()
        Self.listen(partsPerMillion: 0, seconds: 300, jitter: { delays[$0] }, to: &listener)
        let drift = (listener.corrector?.drift ?? 1) * 1e6
        #expect(abs(drift) < 150)
    }

    @Test("a tone played 300 ppm faster is the same tone, 300 ppm higher")
    func resampling() throws {
        let tone = (0..<48_000 * 40).map { Float(0.5 * sin(2 * Double.pi * 1000 * Double($0) / 48_000)) }
        let packets = try ChainTests.encode(tone, bitrate: 96_000)
        var unit = try PlayoutUnit.make(channels: 1)
        let path = VirtualPath(delay: { 5 - Double($0) * 20 * 300 / 1e6 })
        let output = ChainTests.play(path.arrivals(packets), seconds: 39, unit: &unit)
        #expect(abs(unit.driftPartsPerMillion - 300) < 60)
        #expect(unit.concealedFrames == 0)
        // Ten seconds at the end: cycles by their rising zeros.
        let tail = Array(output.suffix(480_000))
        let rises = zip(tail, tail.dropFirst()).count { $0 <= 0 && $1 > 0 }
        #expect(abs(Double(rises) - 10_003) < 3)
        // A sine has no step larger than 2π · 1000 / 48 000 of its amplitude.
        let steps = zip(tail, tail.dropFirst()).map { abs($0 - $1) }
        #expect((steps.max() ?? 1) < 0.5 * 0.131 * 1.15)
    }
}
