import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl call`
struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls any method.",
        discussion: "Example: zegoctl call loginRoom roomID=room1 user.userID=user1 config.isUserStatusNotify=true")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(
        help: "The method; zegoctl help METHOD tells about one.", completion: .list(MethodParameters.names))
    var method: String

    @Argument(
        help: "key=value pairs, or one JSON object.",
        completion: .custom { words, _, _ in words.flatMap(MethodParameters.keys) })
    var parameters: [String] = []

    func run() throws {
        let caller = Caller(options: connection.or(root.connection))
        let known = MethodParameters.find(method)
        let params: JSONObject
        do {
            params = try CallArguments.params(parameters, parameters: known?.parameters)
        } catch {
            throw ValidationError(error.description)
        }
        try caller.run(method, params, on: known?.socket ?? .control) { result in
            method == "metrics" ? result["text"]?.string ?? "" : Text.pretty(result)
        }
    }
}
