import ArgumentParser
import Glibc
import VoiceSimulation

/// What the commands that have calls judged take alike.
struct JudgementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A WAV file to be spoken, or several to be spoken as one, with commas; may be repeated. Default: those of contrib/media.",
            valueName: "file"))
    var voice: [String] = []
    @Option(help: "A Python interpreter with the package pesq. Default: ZEGO_RIG_PYTHON, else python3.")
    var python: String?
    @Option(
        help: ArgumentHelp(
            "Judge what another receiver made of the packets (contrib/bench); with the same lines, voices and seeds.",
            valueName: "directory"))
    var recordings: String?
    @Option(help: "Calls at a time.")
    var jobs = 1

    mutating func validate() throws {
        guard 1...64 ~= jobs else { throw ValidationError("--jobs must be 1 to 64") }
    }

    /// Those that were given, else those of the repository that is the working directory.
    var voices: [String] {
        guard voice.isEmpty else { return voice }
        return ["voice", "speech-slt", "speech-rms", "speech-awb"].map { "contrib/media/\($0).wav" }
    }

    func run(seeds: UInt64, redundancy: SimulatedCall.Redundancy) throws -> QualityRun {
        let programme = try SpeechProgramme(
            voices: voices.map { $0.split(separator: ",").map(String.init) }, leadIn: 8)
        let environment = getenv("ZEGO_RIG_PYTHON").map { String(cString: $0) }
        var run = QualityRun(
            programme: programme, python: python ?? environment ?? "python3", seeds: seeds, jobs: jobs,
            redundancy: redundancy)
        run.recordings = recordings.map(PacketFiles.init)
        return run
    }
}
