import VoiceAudio
import VoiceSimulation

/// Calls over lines, judged: what is the same for all of them.
struct QualityRun: Sendable {
    let programme: SpeechProgramme
    let python: String
    let seeds: UInt64
    /// At a time.
    let jobs: Int
    let redundancy: SimulatedCall.Redundancy
    /// Where the packets of each call go, for another receiver; nil: nowhere.
    var packets: PacketFiles?
    /// Where another receiver has put what it made of them; nil: the calls are our own receiver's.
    var recordings: PacketFiles?

    /// Calls over `line` once with each seed. The same seeds give the same result, whatever the number of jobs.
    /// - Parameter buffer: what the receiver's buffer is told to hold, ms; nil: it chooses by itself.
    func result(of line: QualityLine, buffer: Int? = nil) async throws -> QualityResult {
        let calls = try await withThrowingTaskGroup(of: [Judged].self) { group in
            for job in 0..<UInt64(jobs) where job < seeds {
                group.addTask {
                    try judge(line, buffer: buffer, seeds: stride(from: 1 + job, through: seeds, by: jobs))
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var result = QualityResult(line: line)
        for call in calls.sorted(by: { $0.seed < $1.seed }) { result.add(call.outcome, score: call.score) }
        return result
    }

    private struct Judged: Sendable {
        var seed: UInt64
        var outcome: SimulatedCallOutcome
        var score: Double
    }

    private func judge(_ line: QualityLine, buffer: Int?, seeds: StrideThrough<UInt64>) throws -> [Judged] {
        var scorer = try PESQScorer(python: python)
        var judged: [Judged] = []
        for seed in seeds {
            var call = line.call(seed: seed, redundancy: redundancy)
            call.settling = programme.leadIn
            if recordings == nil { call.bufferRange = buffer.map { $0...$0 } }
            call.keepsPackets = packets != nil || recordings != nil
            var outcome = try call.run(programme.samples)
            try packets?.write(outcome.packets, line: line, seed: seed)
            try recordings?.replace(
                &outcome, frameMilliseconds: call.frameMilliseconds, line: line, seed: seed, buffer: buffer)
            outcome.packets = []
            let delay = Int(outcome.mouthToEar * 48)
            let score = try scorer.score(outcome.output, of: programme, delay: delay)
            outcome.output = []
            judged.append(Judged(seed: seed, outcome: outcome, score: score))
        }
        return judged
    }
}
