import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl app create`
struct ApplicationCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes an application with random keys and shows them.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("app.create", on: .admin) { Text.application($0) }
    }
}

/// `zegoctl app delete`
struct ApplicationDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Takes an application away and puts its users out.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The AppID.")
    var appID: UInt32

    func run() throws {
        try Caller(options: connection.or(root.connection)).run(
            "app.delete", ["appID": .integer(Int64(appID))], on: .admin
        ) { result in
            "deleted \(appID); \(Text.plain(result["kicked"])) users were put out"
        }
    }
}

/// `zegoctl app rotate`
struct ApplicationRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives an application new keys and shows them.",
        discussion: "Who is in a room stays there; logins with the old keys, and tokens made with them, are refused.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The AppID.")
    var appID: UInt32

    @Flag(help: "Only the AppSign.")
    var appSign = false

    @Flag(help: "Only the ServerSecret, with which tokens are made.")
    var serverSecret = false

    func run() throws {
        var params: JSONObject = ["appID": .integer(Int64(appID))]
        if appSign != serverSecret { params["keys"] = [appSign ? "appSign" : "serverSecret"] }
        try Caller(options: connection.or(root.connection)).run("app.rotate", params, on: .admin) {
            Text.application($0)
        }
    }
}
