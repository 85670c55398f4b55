import ArgumentParser
import JSONRPC
import VoiceSimulation

/// What one stream costs.
struct CPUCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cpu", abstract: "Print what each part of one stream costs on this machine.",
        discussion: """
            CPU time of this thread for each frame of 20 ms, and what that is of a core. Speech at 48 kb/s, complexity 9. \
            The kernel's part (sockets, sound cards) is not in it; `zego-bench forward` measures that of forwarding.
            """)

    @Option(help: ArgumentHelp("A WAV file to be spoken.", valueName: "file"))
    var voice = "contrib/media/voice.wav"
    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func run() throws {
        let programme = try SpeechProgramme(voices: [[voice]], leadIn: 20)
        let costs = try StreamCosts(speech: programme.samples).measure()
        guard !json else {
            let report = costs.map { cost -> JSONValue in
                [
                    "part": .string(cost.name), "microsecondsPerFrame": .number(cost.microseconds),
                    "percentOfCore": .number(cost.percentOfCore),
                ]
            }
            print(String(decoding: JSONValue.array(report).serialized(), as: UTF8.self))
            return
        }
        #if DEBUG
            print("This program was built without optimisation: the figures are those of a debug build.\n")
        #endif
        print("part of a stream                             µs per 20 ms   of a core")
        for cost in costs {
            print(
                Figures.pad(cost.title, 45) + Figures.lead(Figures.decimal(cost.microseconds), 12)
                    + Figures.lead(Figures.decimal(cost.percentOfCore) + " %", 12))
        }
    }
}
