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
        help: ArgumentHelp(
            "A WAV file to be spoken, or several to be spoken as one, with commas; may be repeated. Default: those of contrib/media.",
            valueName: "file"))
    var voice: [String] = []
    @Option(help: "Which lines: targets, loss, traces, all, or the name of one as --json has it; may be repeated.")
    var lines: [String] = ["all"]
    @Flag(help: "No copies of frames go along: only what Opus puts in band, as a sender without RED has it.")
    var plain = false
    @Option(help: "A Python interpreter with the package pesq. Default: ZEGO_RIG_PYTHON, else python3.")
    var python: String?
    @Option(
        help: ArgumentHelp(
            "Write the packets that arrive, a file for each call, for another receiver (contrib/bench).",
            valueName: "directory"))
    var packets: String?
    @Option(
        help: ArgumentHelp(
            "Judge what another receiver made of the packets (contrib/bench); with the same lines, voices and seeds.",
            valueName: "directory"))
    var recordings: String?
    @Option(help: "Calls at a time.")
    var jobs = 1
    @Flag(help: "Print one JSON object instead of a table.")
    var json = false
    @Option(help: ArgumentHelp("Draw score and delay against loss.", valueName: "file"))
    var svg: String?

    mutating func validate() throws {
        guard 1...1000 ~= seeds else { throw ValidationError("--seeds must be 1 to 1000") }
        guard 1...64 ~= jobs else { throw ValidationError("--jobs must be 1 to 64") }
        for name in lines where Self.lines(named: name).isEmpty {
            let names = QualityLine.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--lines \(name): give targets, loss, traces, all or one of \(names)")
        }
        if svg != nil, !lines.contains(where: { $0 == "all" || $0 == "loss" }) {
            throw ValidationError("--svg draws the lines of --lines loss or all")
        }
    }

    private static func lines(named name: String) -> [QualityLine] {
        switch name {
        case "all": QualityLine.all
        case "targets": QualityLine.targets
        case "loss": [.clean] + QualityLine.lossy
        case "traces": QualityLine.traced
        default: QualityLine.all.filter { $0.name == name }
        }
    }

    func run() async throws {
        let voices = voice.isEmpty ? Self.defaultVoices : voice
        let programme = try SpeechProgramme(
            voices: voices.map { $0.split(separator: ",").map(String.init) }, leadIn: 8)
        let environment = getenv("ZEGO_RIG_PYTHON").map { String(cString: $0) }
        var run = QualityRun(
            programme: programme, python: python ?? environment ?? "python3", seeds: seeds, jobs: jobs,
            redundancy: plain ? .inBand : .adaptive)
        run.packets = packets.map(PacketFiles.init)
        run.recordings = recordings.map(PacketFiles.init)
        let names = Set(lines.flatMap(Self.lines(named:)).map(\.name))
        var results: [QualityResult] = []
        if !json {
            print(
                "\(seeds) calls each, \(voices.count) voices, \(Figures.whole(programme.judgedSeconds)) s of speech judged\n"
            )
            print(QualityResult.heading)
        }
        for line in QualityLine.all where names.contains(line.name) {
            let result = try await run.result(of: line)
            results.append(result)
            if !json {
                print(result.text)
                fflush(nil)
            }
        }
        if json {
            let report: JSONValue = [
                "voices": .array(voices.map { .string($0) }), "calls": .integer(Int64(seeds)),
                "copies": .bool(!plain), "lines": .array(results.map(\.json)),
            ]
            print(String(decoding: report.serialized(), as: UTF8.self))
        }
        if let svg { try QualityPlot(results: results).write(to: svg) }
    }

    /// Those of the repository that is the working directory.
    private static let defaultVoices = ["voice", "speech-slt", "speech-rms", "speech-awb"].map {
        "contrib/media/\($0).wav"
    }
}
