import Glibc
import RTP
import Testing
import Transport
import VoiceAudio
import VoiceSimulation

@Suite("Lost packets, from encoder to ear in virtual time")
struct LossTests {
    struct Line: Sendable, CustomTestStringConvertible {
        var loss: Double
        var burst: Double
        /// The most that may be made up, of what was lost.
        var bound: Double
        /// Of the buffer, ms.
        var delay: Double
        var testDescription: String { "\(Int(loss * 100)) % in runs of \(burst)" }
    }

    static let lines = [
        Line(loss: 0.05, burst: 1, bound: 0.05, delay: 80), Line(loss: 0.10, burst: 1, bound: 0.05, delay: 90),
        Line(loss: 0.20, burst: 1, bound: 0.05, delay: 90), Line(loss: 0.40, burst: 1, bound: 0.06, delay: 115),
        Line(loss: 0.10, burst: 3, bound: 0.1, delay: 190), Line(loss: 0.20, burst: 3, bound: 0.15, delay: 190),
        Line(loss: 0.40, burst: 3, bound: 0.2, delay: 190),
    ]

    private func call(loss: Double, burst: Double, seed: UInt64) -> SimulatedCall {
        var call = SimulatedCall(seed: seed)
        call.loss = loss
        call.burst = burst
        return call
    }

    @Test("copies follow the loss, the buffer waits for them, little is made up", arguments: lines)
    func adapts(line: Line) throws {
        let speech = Speech.samples(seconds: 30, seed: 21)
        let outcome = try call(loss: line.loss, burst: line.burst, seed: 7).run(speech)
        print(
            "\(line.testDescription): made up \(Int(outcome.concealedShare * 1000)) ‰,",
            "\(Int(outcome.bitsPerSecond / 1000)) kb/s, delay \(Int(outcome.bufferDelay)) ms, target \(Int(outcome.finalTarget)) ms at the end"
        )
        #expect(outcome.concealedShare < outcome.lossShare * line.bound)
        #expect(outcome.bitsPerSecond <= 90_000)
        #expect(outcome.bufferDelay < line.delay)
        #expect(outcome.levels.suffix(500).allSatisfy { $0 != .none })
    }

    @Test("a clean line costs nothing: no copies, no redundancy in band, the shortest delay")
    func clean() throws {
        let outcome = try call(loss: 0, burst: 1, seed: 1).run(Speech.samples(seconds: 15, seed: 22))
        #expect(outcome.levels.allSatisfy { $0 == .none })
        #expect(outcome.finalTarget <= 15)
        #expect(outcome.concealedShare == 0)
    }

    @Test("a buffer of fixed length holds just that, and hears the packets that an adaptive one hears")
    func fixedBuffer() throws {
        let speech = Speech.samples(seconds: 15, seed: 23)
        var call = call(loss: 0.2, burst: 3, seed: 7)
        call.keepsPackets = true
        let adaptive = try call.run(speech)
        for length in [40, 240] {
            call.bufferRange = length...length
            let fixed = try call.run(speech)
            #expect(fixed.packets == adaptive.packets)
            #expect(abs(fixed.bufferDelay - Double(length)) < 5)
            #expect((fixed.concealedShare > adaptive.concealedShare) == (length == 40))
        }
    }

    @Test("when the loss ends the delay comes back")
    func comesBack() throws {
        var listener = Listener()
        listener.stretches = true
        // Ten percent are lost for 30 s and come back as copies one and four frames later; then nothing is lost.
        var random = RandomSource.seeded(3)
        let lost = (0..<4000).map { $0 < 1500 && Int.random(in: 0..<10, using: &random) == 0 }
        let packets = VirtualPath(delay: { lost[$0] ? nil : 5 })
            .arrivals(Array(repeating: MockPacket.plain, count: 4000))
        var highest = 0.0
        var waiting = packets[...]
        while listener.time < MonotonicTime(nanoseconds: 79_000_000_000) {
            while let packet = waiting.first, packet.arrival <= listener.time {
                _ = listener.insert(packet)
                if packet.sequence < 1600 {
                    for distance in [1, 4] {
                        MockPacket.plain.withUnsafeBytes { bytes in
                            listener.buffer.insertRedundant(
                                timestampOffset: 960 * distance, sequenceNumber: packet.sequence,
                                timestamp: packet.timestamp, arrival: packet.arrival, payload: bytes)
                        }
                    }
                }
                waiting.removeFirst()
            }
            listener.pull()
            highest = max(highest, Double(listener.buffer.target) / 1e6)
        }
        // High enough for the far copies, which one in ten lost packets needs.
        #expect(highest >= 90 && highest <= 110)
        #expect(listener.buffer.target <= 15_000_000)
        #expect(listener.excess < 480)
        #expect(listener.concealedSamples < 960 * 20)
    }

    /// What a listener would say, by PESQ (ITU-T P.862.2), where the rig's Python is there. The bounds are a little below
    /// what thirty calls came to; `zego-bench quality` makes those.
    @Test(
        "the voice through loss, scored", .enabled(if: getenv("ZEGO_RIG_PYTHON") != nil),
        arguments: [
            (0, 1, 4.4), (0.1, 1, 4.0), (0.2, 1, 4.0), (0.4, 1, 3.3), (0.1, 3, 3.8), (0.2, 3, 3.4), (0.4, 3, 2.8),
        ]
            as [(Double, Double, Double)])
    func scored(loss: Double, burst: Double, least: Double) throws {
        let python = String(cString: try #require(getenv("ZEGO_RIG_PYTHON")))
        let media = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/contrib/media/"
        let programme = try SpeechProgramme(
            voices: [[media + "voice.wav"], [media + "speech-rms.wav"], [media + "speech-slt.wav"]], leadIn: 8)
        var scorer = try PESQScorer(python: python)
        var scores: [Double] = []
        for seed in [1, 2] as [UInt64] {
            var call = call(loss: loss, burst: burst, seed: seed)
            call.settling = programme.leadIn
            let outcome = try call.run(programme.samples)
            scores.append(try scorer.score(outcome.output, of: programme, delay: Int(outcome.mouthToEar * 48)))
        }
        print("\(Int(loss * 100)) % in runs of \(Int(burst)): PESQ \(scores)")
        #expect(scores.reduce(0, +) / Double(scores.count) >= least)
    }
}
