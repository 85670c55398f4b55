import ArgumentParser
import JSONRPC

/// `zegoctl publish`
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "publish", abstract: "Publishes a stream.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The stream.")
    var stream: String

    @Option(help: "The room, when logged in to several.")
    var room: String?

    @Option(help: "The publish channel: main, aux, third, fourth.")
    var channel: String?

    @Option(help: "A WAV file below the files directory instead of the input device.")
    var file: String?

    @Flag(help: "Repeat the file.")
    var loop = false

    @Option(help: "A tone of so many hertz instead of the input device.")
    var tone: Double?

    @Option(help: "Seconds to wait for the outcome.")
    var wait: Double?

    func validate() throws {
        if file != nil, tone != nil { throw ValidationError("--file or --tone, not both") }
        if loop, file == nil { throw ValidationError("--loop needs --file") }
    }

    func run() throws {
        var params: JSONObject = ["streamID": .string(stream)]
        if let room { params["roomID"] = .string(room) }
        if let channel { params["channel"] = .string(channel) }
        if let file { params["source"] = ["file": .string(file), "loop": .bool(loop)] }
        if let tone { params["source"] = ["tone": .number(tone)] }
        if let wait { params["wait"] = .number(wait) }
        try Caller(options: connection.or(root.connection)).run("startPublishing", params) {
            "\(stream) \(Text.plain($0["state"]))"
        }
    }
}

/// `zegoctl play`
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Plays a stream; waits until it plays.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The stream.")
    var stream: String

    @Option(help: "A new WAV file below the files directory instead of the output device.")
    var file: String?

    @Option(help: "Seconds to wait until it plays; 0: do not wait.")
    var wait = 20.0

    func run() throws {
        var params: JSONObject = ["streamID": .string(stream), "wait": wait > 0 ? .number(wait) : false]
        if let file { params["sink"] = ["file": .string(file)] }
        try Caller(options: connection.or(root.connection)).run("startPlaying", params) {
            "\(stream) \(Text.plain($0["state"]))"
        }
    }
}
