import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl app`
struct ApplicationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "The applications of the room server.",
        subcommands: [
            ApplicationListCommand.self, ApplicationShowCommand.self, ApplicationCreateCommand.self,
            ApplicationDeleteCommand.self, ApplicationRotateCommand.self,
        ])
}

/// `zegoctl app list`
struct ApplicationListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the applications.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("app.list", on: .admin) { result in
            let rows = (result["apps"]?.array ?? []).map { app in
                [Text.plain(app["appID"]), app["fixed"] == true ? "configuration" : "state directory"]
            }
            return Text.table(["APPID", "FROM"], rows)
        }
    }
}

/// `zegoctl app show`
struct ApplicationShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows an application with its keys, as a configuration takes them.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The AppID; the first application when absent.")
    var appID: UInt32?

    func run() throws {
        let params: JSONObject = appID.map { ["appID": .integer(Int64($0))] } ?? [:]
        try Caller(options: connection.or(root.connection)).run("app.show", params, on: .admin) { app in
            Text.application(app)
        }
    }
}

/// `zegoctl rooms`
struct RoomsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rooms", abstract: "Lists the rooms of the server.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("rooms", on: .admin) { result in
            let rows = (result["rooms"]?.array ?? []).map { room in
                ["appID", "roomID", "users", "streams"].map { Text.plain(room[$0]) }
            }
            return Text.table(["APPID", "ROOM", "USERS", "STREAMS"], rows)
        }
    }
}

/// `zegoctl users`
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "users", abstract: "Lists the users in rooms.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("users", on: .admin) { result in
            let rows = (result["users"]?.array ?? []).map { user in
                ["appID", "roomID", "userID", "userName"].map { Text.plain(user[$0]) }
                    + [user["connected"] == true ? "yes" : "no"]
            }
            return Text.table(["APPID", "ROOM", "USER", "NAME", "CONNECTED"], rows)
        }
    }
}

/// `zegoctl streams`
struct StreamsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "streams", abstract: "Lists the streams in rooms.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("streams", on: .admin) { result in
            let rows = (result["streams"]?.array ?? []).map { stream in
                ["appID", "roomID", "streamID"].map { Text.plain(stream[$0]) } + [Text.plain(stream["user"]?["userID"])]
            }
            return Text.table(["APPID", "ROOM", "STREAM", "USER"], rows)
        }
    }
}
