import ArgumentParser
import JSONRPC
import VoiceSimulation

/// Where the milliseconds between mouth and ear are.
struct LatencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Call in virtual time and print where each millisecond from mouth to ear is.",
        discussion: """
            A minute of speech over paths that delay packets but lose none. Not in it are the sound cards (a period of each, \
            and what the card has buffered; `zegoctl status` shows both for a real call) and the time that encoding takes, \
            under a millisecond. "heard" is what the likeness of what was spoken and what was heard says of the last seconds.
            """)

    @Option(help: ArgumentHelp("A WAV file to be spoken.", valueName: "file"))
    var voice = "contrib/media/voice.wav"
    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func run() throws {
        let programme = try SpeechProgramme(voices: [[voice]], leadIn: 60)
        var rows: [JSONValue] = []
        if !json {
            print("path                        frame  look-ahead   path  buffer     sum   heard")
        }
        for trace in [DelayTrace.lan, .wifi, .spikes, .lte, .congested] {
            for frame in [20, 10] {
                var call = SimulatedCall(seed: 1)
                call.trace = trace
                call.frameMilliseconds = frame
                call.settling = 20
                let outcome = try call.run(programme.samples)
                let heard = LagFinder(
                    source: programme.samples, heard: outcome.output, window: 4 * 48_000, longest: 24_000
                ).lag(at: 50 * 48_000)
                let lookAhead = outcome.encodingDelay - Double(frame)
                rows.append([
                    "path": .string(trace.rawValue), "frameMs": .integer(Int64(frame)),
                    "lookAheadMs": .number(lookAhead), "pathMs": .number(DelayTrace.fastest),
                    "bufferMs": .number(outcome.bufferDelay), "mouthToEarMs": .number(outcome.mouthToEar),
                    "heardMs": .number(Double(heard) / 48),
                ])
                guard !json else { continue }
                let figures = [
                    Double(frame), lookAhead, DelayTrace.fastest, outcome.bufferDelay, outcome.mouthToEar,
                    Double(heard) / 48,
                ]
                let columns = zip(figures, [7, 12, 7, 8, 8, 8]).map { figure, width in
                    let tenths = Int((figure * 10).rounded())
                    return Figures.lead("\(tenths / 10).\(tenths % 10)", width)
                }
                print(Figures.pad(trace.title, 26) + columns.joined())
            }
        }
        if json {
            print(String(decoding: JSONValue.array(rows).serialized(), as: UTF8.self))
        } else {
            print(
                "\nAll in ms; the path's is that of the fastest packet, and what slower ones take longer is in the buffer's."
            )
        }
    }
}
