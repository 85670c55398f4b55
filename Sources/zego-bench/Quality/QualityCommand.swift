import ArgumentParser
import Glibc
import JSONRPC
import VoiceSimulation

/// How a voice sounds at the other end of a bad line.
struct QualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality", abstract: "Call over bad lines in virtual time and print how the voice sounds.",
        discussion: """
            Speech goes through encoder, redundancy, a network made from a seed, jitter buffer and decoder, and is judged by \
            PESQ-WB (ITU-T P.862.2). A lead-in of 8 s, in which the call finds out about its line, is not judged. Printed \
            for each line: the mean score of all calls and the lower end of its confidence interval of 95 %; the delay \
            from mouth to ear without sound cards; the E-model's rating R of both together; the share of the sound that was made \
            up; payload bits per second, copies and their headers included.

            PESQ is that of the Python package "pesq" (with numpy and scipy); `contrib/test` makes such a Python in \
            .build/rig-venv. The same seeds give the same figures.
            """)

    @Option(help: "Calls over each line.")
    var seeds: UInt64 = 30
    @Option(
        help: "Which lines: targets, loss, traces, frontier, all, or the name of one as --json has it; may be repeated."
    )
    var lines: [String] = ["all"]
    @Flag(help: "No copies of frames go along: only what Opus puts in band, as a sender without RED has it.")
    var plain = false
    @Option(
        help: ArgumentHelp(
            "Write the packets that arrive, a file for each call, for another receiver (contrib/bench).",
            valueName: "directory"))
    var packets: String?
    @Flag(help: "Print one JSON object instead of a table.")
    var json = false
    @Option(help: ArgumentHelp("Draw score and delay against loss.", valueName: "file"))
    var svg: String?
    @OptionGroup var judgement: JudgementOptions

    mutating func validate() throws {
        guard 1...1000 ~= seeds else { throw ValidationError("--seeds must be 1 to 1000") }
        _ = try QualityLine.chosen(lines)
        if svg != nil, !lines.contains(where: { $0 == "all" || $0 == "loss" }) {
            throw ValidationError("--svg draws the lines of --lines loss or all")
        }
    }

    func run() async throws {
        var run = try judgement.run(seeds: seeds, redundancy: plain ? .inBand : .adaptive)
        run.packets = packets.map(PacketFiles.init)
        var results: [QualityResult] = []
        if !json {
            print(
                "\(seeds) calls each, \(run.programme.passes.count) voices, \(Figures.whole(run.programme.judgedSeconds)) s of speech judged\n"
            )
            print(QualityResult.heading)
        }
        for line in try QualityLine.chosen(lines) {
            let result = try await run.result(of: line)
            results.append(result)
            if !json {
                print(result.text)
                fflush(nil)
            }
        }
        if json {
            let report: JSONValue = [
                "voices": .array(judgement.voices.map { .string($0) }), "calls": .integer(Int64(seeds)),
                "copies": .bool(!plain), "lines": .array(results.map(\.json)),
            ]
            print(String(decoding: report.serialized(), as: UTF8.self))
        }
        if let svg { try WholeFile.write(QualityPlot(results: results).svg, to: svg) }
    }
}
