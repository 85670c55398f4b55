import ArgumentParser
import ControlAPI
import Glibc
import JSONRPC

/// `zegoctl top`
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows rooms, streams, levels, loss and delay as they change; q ends it.",
        discussion: "While it runs it turns the monitoring of sound levels on where nobody has.")

    @ParentCommand var root: ZegoctlCommand
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print once, for scripts, and stop.")
    var once = false

    @Option(help: "Columns to use; those of the terminal when absent.")
    var width: Int?

    func run() throws {
        try Caller.reporting { () throws(CommandFailure) in
            let watcher = try TopWatcher(options: connection.or(root.connection))
            if once { try printOnce(watcher) } else { try show(watcher) }
        }
    }

    private func printOnce(_ watcher: TopWatcher) throws(CommandFailure) {
        try watcher.refresh()
        // Levels come a few times a second where they are monitored.
        let deadline = LineClient.now() + 1
        while LineClient.now() < deadline, !watcher.isComplete { try watcher.read(upTo: deadline - LineClient.now()) }
        let lines = watcher.screen.lines(width: width ?? Terminal.size.columns, height: .max)
        Caller.print(lines.joined(separator: "\n"))
    }

    /// Until q, or a signal that ends it.
    private func show(_ watcher: TopWatcher) throws(CommandFailure) {
        guard isatty(STDOUT_FILENO) == 1 else {
            throw CommandFailure(
                status: .usage, "standard output is no terminal\nhint: zegoctl top --once prints one page")
        }
        TopSignals.watch()
        let terminal = Terminal()
        defer {
            terminal.restore()
            watcher.stopLevels()
        }
        var nextRefresh = 0.0
        while !TopSignals.shallEnd {
            if LineClient.now() >= nextRefresh {
                nextRefresh = LineClient.now() + 1
                try watcher.refresh()
                watcher.startLevelsWhereNobodyHas()
            }
            let size = Terminal.size
            terminal.draw(watcher.screen.lines(width: width ?? size.columns, height: size.lines - 1))
            var polls = [
                pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            // A signal ends the wait, one of a new size too.
            guard poll(&polls, nfds_t(polls.count), CInt(max(0, (nextRefresh - LineClient.now()) * 1000)) + 1) > 0
            else { continue }
            if polls[1].revents != 0 {
                var key: UInt8 = 0
                if Glibc.read(STDIN_FILENO, &key, 1) != 1 || key == UInt8(ascii: "q") { return }
            }
            if polls[0].revents != 0 { try watcher.read(upTo: 0.01) }
        }
    }
}
