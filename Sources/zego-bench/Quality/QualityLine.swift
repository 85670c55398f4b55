import ArgumentParser
import VoiceSimulation

/// A kind of line that `zego-bench quality` calls over.
struct QualityLine: Sendable {
    /// As `--lines` takes it and the JSON names it.
    let name: String
    /// For people.
    let title: String
    /// Of the packets, percent, and the mean length of a run.
    var loss = 0
    var burst = 1
    var trace: DelayTrace?
    /// The PESQ that is aimed at; nil: none is.
    var target: Double?

    /// A call over it.
    func call(seed: UInt64, redundancy: SimulatedCall.Redundancy) -> SimulatedCall {
        var call = SimulatedCall(seed: seed)
        call.loss = Double(loss) / 100
        call.burst = Double(burst)
        call.trace = trace
        call.redundancy = redundancy
        return call
    }

    static let clean = QualityLine(name: "clean", title: "nothing lost", target: 4.3)

    static let lossy: [QualityLine] = [1, 3].flatMap { burst in
        [1, 5, 10, 20, 30, 40].map { loss in
            QualityLine(
                name: burst == 1 ? "uniform-\(loss)" : "burst\(burst)-\(loss)",
                title: burst == 1 ? "\(loss) % lost" : "\(loss) % lost in runs of \(burst)", loss: loss, burst: burst,
                target: burst == 1 ? [10: 4.2, 20: 4.0, 40: 3.3][loss] : [10: 3.9, 20: 3.5, 40: 2.8][loss])
        }
    }

    static let traced: [QualityLine] = [DelayTrace.lan, .wifi, .spikes, .lte, .congested].map {
        QualityLine(name: $0.rawValue, title: $0.title, trace: $0)
    }

    static let all = [clean] + lossy + traced
    static let targets = all.filter { $0.target != nil }
    /// On which delay buys quality.
    static let frontier = all.filter {
        ["uniform-20", "burst3-10", "burst3-20", "spikes", "lte", "congested"].contains($0.name)
    }

    /// What a user may ask for: a group of lines, or one by its name; none if there is none of that name.
    static func named(_ name: String) -> [QualityLine] {
        switch name {
        case "all": all
        case "targets": targets
        case "loss": [clean] + lossy
        case "traces": traced
        case "frontier": frontier
        default: all.filter { $0.name == name }
        }
    }

    /// Those that are asked for, each once and in their order.
    static func chosen(_ names: [String]) throws -> [QualityLine] {
        for name in names where named(name).isEmpty {
            throw ValidationError(
                "--lines \(name): give targets, loss, traces, frontier, all or one of "
                    + all.map(\.name).joined(separator: ", "))
        }
        let chosen = Set(names.flatMap(named).map(\.name))
        return all.filter { chosen.contains($0.name) }
    }
}
