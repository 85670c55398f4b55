import ArgumentParser
import ControlAPI
import Glibc
import JSONRPC

/// `zegoctl wait`
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Waits for an event, or finds that it has been.",
        discussion: """
            What is so already counts: wait room-state reason=logined ends at once in a room. A daemon that restarts meanwhile is \
            waited for. Example: zegoctl wait room-state roomID=lobby reason=logined --timeout 60
            """)

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The event, or a glob such as room-*.", completion: .list(EventDescription.all.map(\.name)))
    var event: String

    @Argument(help: "Fields with their values: key=value; a user or a stream is found in a list by its ID.")
    var fields: [String] = []

    @Flag(help: "Only events from now on.")
    var next = false

    func run() throws {
        let options = connection.or(root.connection)
        let condition: EventCondition
        do {
            condition = try EventCondition(name: event, fields: fields)
        } catch {
            throw ValidationError(error.description)
        }
        try Caller.reporting { () throws(CommandFailure) in
            try wait(for: condition, options)
        }
    }

    private func wait(for condition: EventCondition, _ options: ConnectionOptions) throws(CommandFailure) {
        let path = options.path(beside: "events.sock")
        let deadline = options.timeout.map { LineClient.now() + $0 }
        var hasConnected = false
        while true {
            let client: LineClient
            do {
                client = try LineClient(path: path)
            } catch {
                // The first time it is an error that nobody is there; later the daemon is only restarting.
                guard hasConnected, error.status == .unreachable else { throw error }
                guard deadline.map({ LineClient.now() < $0 }) ?? true else { throw timedOut(condition) }
                usleep(100_000)
                continue
            }
            hasConnected = true
            if try finds(condition, client, deadline, options) { return }
        }
    }

    /// Reads until the event comes; false when the connection ends before.
    private func finds(
        _ condition: EventCondition, _ client: LineClient, _ deadline: Double?, _ options: ConnectionOptions
    ) throws(CommandFailure) -> Bool {
        while true {
            let left = deadline.map { $0 - LineClient.now() }
            guard left.map({ $0 > 0 }) ?? true else { throw timedOut(condition) }
            let line: [UInt8]?
            do {
                line = try client.nextLine(timeout: left)
            } catch {
                throw error.status == .timedOut ? timedOut(condition) : error
            }
            guard let line else { return false }
            guard let event = try? JSONValue(parsing: line) else { continue }
            if let error = event["error"], let refusal = try? JSONRPCError(json: error) {
                throw CommandFailure(refusal)
            }
            let past = event["event"] == "snapshot" && !next ? PresentState.events(of: event["status"] ?? [:]) : []
            guard let found = (past + [event]).first(where: condition.matches) else { continue }
            Caller.print(options.json ? found.description : EventText.line(found))
            return true
        }
    }

    private func timedOut(_ condition: EventCondition) -> CommandFailure {
        CommandFailure(
            status: .timedOut,
            "no \(([event] + fields).joined(separator: " ")) in time\nhint: zegoctl status shows how it is, zegoctl doctor why"
        )
    }
}
