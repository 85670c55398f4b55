import Glibc
import RTP
import Testing
import Transport
import VoiceAudio

@Suite("Lost packets, from encoder to ear in virtual time")
struct LossTests {
    struct Line: Sendable, CustomTestStringConvertible {
        var loss: Double
        var burst: Double
        /// The most that may be made up, of what was lost.
        var bound: Double
        var testDescription: String { "\(Int(loss * 100)) % in runs of \(burst)" }
    }

    static let lines = [
        Line(loss: 0.05, burst: 1, bound: 0.15), Line(loss: 0.10, burst: 1, bound: 0.1),
        Line(loss: 0.20, burst: 1, bound: 0.1), Line(loss: 0.10, burst: 3, bound: 0.5),
        Line(loss: 0.20, burst: 3, bound: 0.5), Line(loss: 0.40, burst: 3, bound: 0.6),
    ]

    @Test("copies follow the loss, the buffer waits for them, little is made up", arguments: lines)
    func adapts(line: Line) throws {
        let speech = Speech.samples(seconds: 30, seed: 21)
        let outcome = try LossyCall(loss: line.loss, burst: line.burst, seed: 7).run(speech)
        print(
            "\(line.testDescription): made up \(Int(outcome.concealedShare * 1000)) ‰, \(Int(outcome.kbps)) kb/s,",
            "delay \(Int(outcome.meanDelay)) ms, target \(Int(outcome.finalTarget)) ms at the end")
        #expect(outcome.concealedShare < outcome.lossShare * line.bound)
        #expect(outcome.kbps <= 90)
        #expect(outcome.meanDelay < 160)
        #expect(outcome.levels.suffix(500).allSatisfy { $0 != .none })
    }

    @Test("a clean line costs nothing: no copies, no redundancy in band, the shortest delay")
    func clean() throws {
        let outcome = try LossyCall(loss: 0, burst: 1, seed: 1).run(Speech.samples(seconds: 15, seed: 22))
        #expect(outcome.levels.allSatisfy { $0 == .none })
        #expect(outcome.finalTarget <= 15)
        #expect(outcome.concealedShare == 0)
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

    /// What a listener would say, by PESQ (ITU-T P.862.2), where the rig's Python is there.
    @Test(
        "the voice through loss, scored", .enabled(if: getenv("ZEGO_RIG_PYTHON") != nil),
        arguments: [(0, 1, 4.3), (0.1, 1, 3.8), (0.2, 1, 3.8), (0.1, 3, 3.0), (0.2, 3, 2.6)]
            as [(Double, Double, Double)])
    func scored(loss: Double, burst: Double, least: Double) throws {
        let python = String(cString: try #require(getenv("ZEGO_RIG_PYTHON")))
        let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let directory = try TemporaryDirectory()
        let voice = try WAVFile.read(repository + "/contrib/media/voice.wav").samples
        var scores: [Double] = []
        for seed in [1, 2] as [UInt64] {
            let outcome = try LossyCall(loss: loss, burst: burst, seed: seed).run(voice + voice + voice)
            let wav = WAVFileTests.bytes(samples: outcome.output.map { Int16(min(max($0, -1), 1) * 32_000) })
            #expect(TextFile.write(wav, to: directory.path + "/heard.wav"))
            let report = directory.path + "/report"
            let command =
                "'\(python)' '\(repository)/Tests/SystemTests/Rig/tools/compare.py'"
                + " '\(repository)/contrib/media/voice.wav' '\(directory.path)/heard.wav' > '\(report)'"
            #expect(Subprocess.run("/bin/sh", "-c", command) == 0)
            let text = String(decoding: TextFile.read(report) ?? [], as: UTF8.self)
            let value = text.split(separator: ",").first { $0.contains("\"pesq\"") }?.split(separator: ":").last
            let score = strtod(String(try #require(value)), nil)
            print(
                "\(Int(loss * 100)) % in runs of \(Int(burst)): PESQ \(score) at \(Int(outcome.kbps)) kb/s, seed \(seed)"
            )
            scores.append(score)
        }
        #expect(scores.reduce(0, +) / Double(scores.count) >= least)
    }
}
