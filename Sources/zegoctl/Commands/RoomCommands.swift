import ArgumentParser
import JSONRPC

/// `zegoctl login`
struct LoginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "login", abstract: "Enters a room.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The room.")
    var room: String

    @Option(help: "Who enters: the userID.")
    var user: String

    @Option(help: "The name that others see.")
    var name: String?

    @Flag(help: "Do not tell of other users, and do not tell them of this one.")
    var quiet = false

    @Option(help: "Seconds to wait for the outcome.")
    var wait: Double?

    func run() throws {
        var member: JSONObject = ["userID": .string(user)]
        if let name { member["userName"] = .string(name) }
        var params: JSONObject = [
            "roomID": .string(room), "user": .object(member), "config": ["isUserStatusNotify": .bool(!quiet)],
        ]
        if let wait { params["wait"] = .number(wait) }
        try Caller(options: connection.or(root.connection)).run("loginRoom", params) { _ in
            "in \(room) as \(user)"
        }
    }
}

/// `zegoctl logout`
struct LogoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "Leaves a room, or all.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The room; all when absent.")
    var room: String?

    func run() throws {
        let params: JSONObject = room.map { ["roomID": .string($0)] } ?? [:]
        try Caller(options: connection.or(root.connection)).run("logoutRoom", params) { _ in "logged out" }
    }
}
