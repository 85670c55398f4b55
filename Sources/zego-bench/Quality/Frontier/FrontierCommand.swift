import ArgumentParser
import Glibc
import JSONRPC
import VoiceSimulation

/// What quality costs in delay, and where on that curve the adaptive buffer stands.
struct FrontierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frontier",
        abstract: "Call over bad lines with buffers of several lengths and print score, delay and R of each.",
        discussion: """
            The calls, their judgement and their figures are those of `zego-bench quality`. The receiver's buffer chooses its \
            length by itself, then is held at one length after the other (`bufferRange` with minMs = maxMs); the packets are \
            the same each time, because the sender hears of what the network lost only, not of what came too late. Behind \
            each line stands by how much R is better or worse than with the best of the fixed lengths, which nobody who \
            makes a call can know beforehand.

            With --recordings the points are Chromium's instead, whose buffer can be told what to hold at least. --merge \
            measures nothing: what earlier runs wrote with --json is printed and drawn together.
            """)

    @Option(help: "Calls over each line with each length.")
    var seeds: UInt64 = 30
    @Option(help: "Which lines, as `quality` takes them; may be repeated.")
    var lines: [String] = ["frontier"]
    @Option(help: ArgumentHelp("Write the points.", valueName: "file"))
    var json: String?
    @Option(help: ArgumentHelp("Points that --json wrote; may be repeated.", valueName: "file"))
    var merge: [String] = []
    @Option(help: ArgumentHelp("Draw score against delay.", valueName: "file"))
    var svg: String?
    @OptionGroup var judgement: JudgementOptions

    mutating func validate() throws {
        guard 1...1000 ~= seeds else { throw ValidationError("--seeds must be 1 to 1000") }
        _ = try QualityLine.chosen(lines)
        guard merge.isEmpty || judgement.recordings == nil else {
            throw ValidationError("--merge measures nothing: leave --recordings out")
        }
    }

    func run() async throws {
        print(FrontierPoint.heading)
        let points = merge.isEmpty ? try await measure() : try merged()
        if let json {
            let report = JSONValue.array(points.map(\.json))
            try WholeFile.write(report.serialized(), to: json)
        }
        if let svg { try WholeFile.write(FrontierPlot(points: points).svg, to: svg) }
    }

    private func measure() async throws -> [FrontierPoint] {
        let run = try judgement.run(seeds: seeds, redundancy: .adaptive)
        let receiver = judgement.recordings == nil ? FrontierPoint.Receiver.zegod : .chromium
        var points: [FrontierPoint] = []
        for line in try QualityLine.chosen(lines) {
            let first = points.count
            for setting in receiver.settings {
                points.append(FrontierPoint(receiver, setting, try await run.result(of: line, buffer: setting)))
                print(points[points.count - 1].text)
                fflush(nil)
            }
            Self.printComparison(points[first...])
        }
        return points
    }

    private func merged() throws -> [FrontierPoint] {
        let points = try merge.flatMap { path in
            try (JSONValue(parsing: WholeFile.read(path)).array ?? []).map { try FrontierPoint($0) }
        }
        for line in QualityLine.all {
            for receiver in FrontierPoint.Receiver.allCases {
                let own = points.filter { $0.line.name == line.name && $0.receiver == receiver }
                for point in own { print(point.text) }
                Self.printComparison(own[...])
            }
        }
        return points
    }

    /// The adaptive buffer beside the best of the others.
    private static func printComparison(_ points: ArraySlice<FrontierPoint>) {
        guard let adaptive = points.first(where: { $0.setting == nil }),
            let best = points.filter({ $0.setting != nil }).max(by: { $0.rating < $1.rating })
        else { return }
        let gain = adaptive.rating - best.rating
        print(
            "    adaptive: \(gain < 0 ? "" : "+")\(Figures.decimal(gain)) R beside the best of the others (\(best.bufferText))\n"
        )
    }
}
