import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes a token for a user of the room server.",
        discussion: """
            The token goes into the page, into config.token of loginRoom, or as a bearer token to WHIP and WHEP. \
            Example: zegoctl token --user guest --room room1 --ttl 3600 --link
            """)

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The AppID; the first application when absent.")
    var app: UInt32?

    @Option(help: "The userID that the token is for.")
    var user: String

    @Option(help: "The only room that the token is good for; any when absent.")
    var room: String?

    @Option(help: "Seconds until it expires.")
    var ttl: Int64 = 86_400

    @Option(help: "A privilege to give: login or publish; may be repeated. All when absent.")
    var privilege: [Privilege] = []

    @Option(help: "A stream that the token allows to publish; may be repeated. Any when absent.")
    var stream: [String] = []

    @Flag(help: "The token allows to listen only: the same as --privilege login.")
    var listenOnly = false

    @Flag(help: "Print a link to the page, with the token in it, instead of the token.")
    var link = false

    /// What a token can give.
    enum Privilege: String, ExpressibleByArgument, CaseIterable {
        case login
        case publish
    }

    func validate() throws {
        guard privilege.isEmpty || privilege.contains(.login) else {
            throw ValidationError("a token without --privilege login is good for nothing")
        }
    }

    func run() throws {
        var params: JSONObject = ["userID": .string(user), "ttl": .integer(ttl)]
        if let app { params["appID"] = .integer(Int64(app)) }
        if let room { params["roomID"] = .string(room) }
        if listenOnly || !privilege.isEmpty && !privilege.contains(.publish) { params["publish"] = false }
        if !stream.isEmpty { params["streamIDs"] = .array(stream.map { .string($0) }) }
        try Caller(options: connection.or(root.connection)).run("token.create", params, on: .admin) { result in
            Text.plain(result[link ? "link" : "token"])
        }
    }
}
