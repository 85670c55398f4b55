import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl kick`
struct KickCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick", abstract: "Puts users out of a room, or of all rooms.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The userIDs.")
    var users: [String]

    @Option(help: "The room; all rooms when absent.")
    var room: String?

    @Option(help: "The AppID; whichever when absent.")
    var app: UInt32?

    @Option(help: "What the users are told, at most 256 bytes.")
    var reason: String?

    func run() throws {
        var params: JSONObject = ["userID": .array(users.map { .string($0) })]
        if let room { params["roomID"] = .string(room) }
        if let app { params["appID"] = .integer(Int64(app)) }
        if let reason { params["reason"] = .string(reason) }
        try Caller(options: connection.or(root.connection)).run("kick", params, on: .admin) { Text.kicked($0) }
    }
}

/// `zegoctl close-room`
struct CloseRoomCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close-room", abstract: "Puts everybody out of a room.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The room.")
    var room: String

    @Option(help: "The AppID; whichever when absent.")
    var app: UInt32?

    @Option(help: "What the users are told, at most 256 bytes.")
    var reason: String?

    func run() throws {
        var params: JSONObject = ["roomID": .string(room)]
        if let app { params["appID"] = .integer(Int64(app)) }
        if let reason { params["reason"] = .string(reason) }
        try Caller(options: connection.or(root.connection)).run("closeRoom", params, on: .admin) { Text.kicked($0) }
    }
}

/// `zegoctl drain`
struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Asks all clients to go elsewhere and lets nobody new in.",
        discussion: """
            /readyz says 503 from then on. Sound goes on until a client has left, and at the latest until the deadline. The \
            daemon goes on running: stop it when zegoctl rooms is empty, or let clients in again with --cancel.
            """)

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Seconds after which those who are still there are put out.")
    var deadline: Int64 = 30

    @Flag(help: "Let clients in again.")
    var cancel = false

    func run() throws {
        let params: JSONObject = cancel ? ["cancel": true] : ["deadlineSeconds": .integer(deadline)]
        try Caller(options: connection.or(root.connection)).run("drain", params, on: .admin) { result in
            cancel ? "clients are let in again" : "asked \(Text.plain(result["sessions"])) clients to go elsewhere"
        }
    }
}
