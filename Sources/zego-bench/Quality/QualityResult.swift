import Glibc
import JSONRPC
import VoiceAudio
import VoiceSimulation

/// What the calls over one line came to.
struct QualityResult: Sendable {
    let line: QualityLine
    private(set) var scores: [Double] = []
    private var sums = (delay: 0.0, buffer: 0.0, concealed: 0.0, bits: 0.0, stretched: 0.0)

    init(line: QualityLine) {
        self.line = line
    }

    mutating func add(_ outcome: SimulatedCallOutcome, score: Double) {
        scores.append(score)
        sums.delay += outcome.mouthToEar
        sums.buffer += outcome.bufferDelay
        sums.concealed += outcome.concealedShare
        sums.bits += outcome.bitsPerSecond
        sums.stretched += outcome.stretchedPerSecond
    }

    private var count: Double { Double(max(scores.count, 1)) }

    /// PESQ-WB, the mean of all calls.
    var mean: Double { scores.reduce(0, +) / count }

    /// The lower end of the mean's confidence interval of 95 % (Student's t, both sides); the mean itself of one call.
    var lowerBound: Double {
        guard scores.count > 1 else { return mean }
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return mean - Self.studentT(degreesOfFreedom: count - 1) * (variance / count).squareRoot()
    }

    /// Mouth to ear without the sound cards, ms.
    var delay: Double { sums.delay / count }
    /// Percent of the sound.
    var concealed: Double { 100 * sums.concealed / count }
    var kilobitsPerSecond: Double { sums.bits / count / 1000 }

    /// The E-model's rating: of the mean score, less what the delay costs.
    var rating: Double { EModel.rating(meanOpinionScore: mean) - EModel.delayImpairment(delay) }

    /// The quantile 0.975 of Student's t, by the expansion of Cornish and Fisher (within 1 % from 4 degrees on).
    private static func studentT(degreesOfFreedom degrees: Double) -> Double {
        let z = 1.96
        let (z3, z5) = (pow(z, 3), pow(z, 5))
        return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees)
    }

    static var heading: String {
        "line                          PESQ  ≥ (95 %)  target   delay    R    made up    kb/s"
    }

    var text: String {
        let target = line.target.map(Figures.decimal) ?? ""
        return Figures.pad(line.title, 28)
            + Figures.lead(Figures.decimal(mean), 6) + Figures.lead(Figures.decimal(lowerBound), 10)
            + Figures.lead(target, 8) + Figures.lead(Figures.whole(delay) + " ms", 8)
            + Figures.lead(Figures.whole(rating), 5) + Figures.lead(Figures.decimal(concealed) + " %", 11)
            + Figures.lead(Figures.whole(kilobitsPerSecond), 8)
    }

    var json: JSONValue {
        [
            "line": .string(line.name),
            "lossPercent": .integer(Int64(line.loss)),
            "meanRun": .integer(Int64(line.burst)),
            "calls": .integer(Int64(scores.count)),
            "pesq": .number(mean),
            "pesqLowerBound": .number(lowerBound),
            "target": line.target.map { .number($0) } ?? .null,
            "mouthToEarMs": .number(delay),
            "bufferMs": .number(sums.buffer / count),
            "rating": .number(rating),
            "concealedPercent": .number(concealed),
            "payloadKbps": .number(kilobitsPerSecond),
            "stretchedMsPerSecond": .number(sums.stretched / count),
        ]
    }
}
