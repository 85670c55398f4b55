import ArgumentParser
import ControlAPI
import JSONRPC

/// `zegoctl events`
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Prints events as they happen, until interrupted.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp(
            "Only events whose names match, such as room-*; may be given several times.", valueName: "glob"),
        completion: .list(EventDescription.all.map(\.name)))
    var event: [String] = []

    func run() throws {
        let options = connection.or(root.connection)
        let filter = EventFilter(patterns: event.isEmpty ? nil : event)
        try Caller.reporting { () throws(CommandFailure) in
            let path = options.path(beside: "events.sock")
            let client = try LineClient(path: path)
            while let line = try client.nextLine(timeout: options.timeout) {
                guard let event = try? JSONValue(parsing: line) else { continue }
                if let error = event["error"] {
                    guard let refusal = try? JSONRPCError(json: error) else { continue }
                    throw CommandFailure(refusal)
                }
                guard filter.matches(event["event"]?.string ?? "") else { continue }
                Caller.print(options.json ? String(decoding: line, as: UTF8.self) : EventText.line(event))
            }
            throw CommandFailure(status: .unreachable, "\(path) was closed by the daemon")
        }
    }
}
