import JSONRPC
import VoiceAudio

/// What the calls over one line came to with one setting of a receiver's buffer.
struct FrontierPoint: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    enum Receiver: String, Sendable, CaseIterable {
        case zegod, chromium

        /// What its buffer is told to hold, ms; nil: it chooses by itself. Ours holds just that, Chromium's at least that
        /// (`jitterBufferTarget` of the receiver).
        var settings: [Int?] {
            switch self {
            case .zegod: [nil, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 240, 300, 400]
            case .chromium: [nil, 0, 40, 100, 200, 400]
            }
        }
    }

    let receiver: Receiver
    let line: QualityLine
    /// One of those of the receiver.
    let setting: Int?
    let calls: Int
    /// PESQ-WB, and the lower end of its confidence interval of 95 %.
    let mean: Double
    let lowerBound: Double
    /// Mouth to ear without the sound cards, ms.
    let delay: Double
    /// Percent of the sound.
    let concealed: Double

    init(_ receiver: Receiver, _ setting: Int?, _ result: QualityResult) {
        self.receiver = receiver
        self.setting = setting
        line = result.line
        calls = result.scores.count
        mean = result.mean
        lowerBound = result.lowerBound
        delay = result.delay
        concealed = result.concealed
    }

    /// Reads what ``json`` wrote.
    init(_ json: JSONValue) throws(Failure) {
        guard let receiver = json["receiver"]?.string.flatMap(Receiver.init),
            let line = json["line"]?.string.flatMap({ name in QualityLine.all.first { $0.name == name } }),
            let calls = json["calls"]?.integer, let mean = json["pesq"]?.double,
            let lowerBound = json["pesqLowerBound"]?.double, let delay = json["mouthToEarMs"]?.double,
            let concealed = json["concealedPercent"]?.double
        else { throw Failure(description: "not a point of a frontier: \(json)") }
        self.receiver = receiver
        self.line = line
        setting = json["settingMs"]?.integer.map(Int.init)
        self.calls = Int(calls)
        self.mean = mean
        self.lowerBound = lowerBound
        self.delay = delay
        self.concealed = concealed
    }

    /// The E-model's rating: of the mean score, less what the delay costs.
    var rating: Double { EModel.rating(meanOpinionScore: mean) - EModel.delayImpairment(delay) }

    var json: JSONValue {
        [
            "receiver": .string(receiver.rawValue), "line": .string(line.name),
            "settingMs": setting.map { .integer(Int64($0)) } ?? .null, "calls": .integer(Int64(calls)),
            "pesq": .number(mean), "pesqLowerBound": .number(lowerBound), "mouthToEarMs": .number(delay),
            "rating": .number(rating), "concealedPercent": .number(concealed),
        ]
    }

    static var heading: String {
        "line                        receiver  buffer     calls  PESQ  ≥ (95 %)   delay     R   made up"
    }

    /// The setting, for people.
    var bufferText: String {
        setting.map { receiver == .zegod ? "\($0) ms" : "≥ \($0) ms" } ?? "adaptive"
    }

    var text: String {
        let tenths = Int((rating * 10).rounded())
        return Figures.pad(line.title, 28) + Figures.pad(receiver.rawValue, 10) + Figures.pad(bufferText, 9)
            + Figures.lead("\(calls)", 7) + Figures.lead(Figures.decimal(mean), 6)
            + Figures.lead(Figures.decimal(lowerBound), 10) + Figures.lead(Figures.whole(delay) + " ms", 8)
            + Figures.lead("\(tenths / 10).\(abs(tenths % 10))", 6)
            + Figures.lead(Figures.decimal(concealed) + " %", 10)
    }
}
