import ArgumentParser

/// `zegoctl status`
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows how the daemon is.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try Caller(options: connection.or(root.connection)).run("status", show: Text.status)
    }
}
