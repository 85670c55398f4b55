import ArgumentParser
import ControlAPI

/// `zegoctl help`
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Tells about a command of zegoctl, or a method of the control API.")

    @Argument(help: "The command or the method; absent: an overview.", completion: .list(MethodParameters.names))
    var topic: String?

    func run() throws {
        guard let topic else {
            Caller.print(ZegoctlCommand.helpMessage(columns: 100))
            return
        }
        let commands = ZegoctlCommand.configuration.subcommands
        if let command = commands.first(where: { $0.configuration.commandName == topic }) {
            Caller.print(ZegoctlCommand.helpMessage(for: command, columns: 100))
            // A command is often named for the method that it calls.
            if let help = MethodParameters.help(topic) { Caller.print("\nThe method of the same name\n\n\(help)") }
        } else if let help = MethodParameters.help(topic) {
            Caller.print(help)
        } else {
            let meant = MethodParameters.suggestion(for: topic).map { "; did you mean \($0)?" } ?? ""
            throw ValidationError("there is no command and no method \(topic)\(meant)")
        }
    }
}
