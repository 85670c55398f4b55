import ArgumentParser
import JSONRPC

/// `zegoctl publish`
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Publishes a stream into the room, or to a WHIP server.",
        discussion: """
            With --whip no login is needed, STREAM is what the stream is called here, and a token is read from a file \
            (or from standard input: -), so that it shows in no list of processes:
              zegoctl publish studio --whip https://studio.example/whip/live --token-file token.txt
            """)

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

    @Option(help: "The URL of a WHIP server (RFC 9725) that it goes to instead of a room.")
    var whip: String?

    @Option(help: "A file with the bearer token of the WHIP server; - reads standard input.")
    var tokenFile: String?

    @Option(help: "Seconds to wait for the outcome.")
    var wait: Double?

    func validate() throws {
        try EndpointArguments.check(url: whip, option: "--whip", tokenFile: tokenFile, room: room)
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
        if let whip { params["whip"] = try EndpointArguments.json(url: whip, tokenFile: tokenFile) }
        try Caller(options: connection.or(root.connection)).run("startPublishing", params) {
            "\(stream) \(Text.plain($0["state"]))"
        }
    }
}

/// `zegoctl play`
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Plays a stream of the room, or of a WHEP server; waits until it plays.",
        discussion: """
            With --whep no login is needed, and STREAM is what the stream is called here:
              zegoctl play studio --whep https://studio.example/whep/live --token-file token.txt
            """)

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The stream.")
    var stream: String

    @Option(help: "A new WAV file below the files directory instead of the output device.")
    var file: String?

    @Flag(help: "When there is such a file, put the next free number into the name: voice-2.wav.")
    var numbered = false

    @Option(help: "The URL of a WHEP server that it comes from instead of a room.")
    var whep: String?

    @Option(help: "A file with the bearer token of the WHEP server; - reads standard input.")
    var tokenFile: String?

    @Option(help: "Seconds to wait until it plays; 0: do not wait.")
    var wait = 20.0

    func validate() throws {
        try EndpointArguments.check(url: whep, option: "--whep", tokenFile: tokenFile, room: nil)
        if numbered, file == nil { throw ValidationError("--numbered needs --file") }
    }

    func run() throws {
        var params: JSONObject = ["streamID": .string(stream), "wait": wait > 0 ? .number(wait) : false]
        if let whep { params["whep"] = try EndpointArguments.json(url: whep, tokenFile: tokenFile) }
        if let file { params["sink"] = ["file": .string(file), "numbered": .bool(numbered)] }
        try Caller(options: connection.or(root.connection)).run("startPlaying", params) {
            "\(stream) \(Text.plain($0["state"]))"
        }
    }
}
