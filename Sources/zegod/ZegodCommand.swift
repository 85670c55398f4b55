import ArgumentParser
import ControlAPI
import Glibc

/// The command line of the daemon.
@main
struct ZegodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zegod", abstract: "A voice engine under a Unix socket, with its room server.",
        discussion: "Exit codes: 0 stopped, 64 usage, 69 cannot start beside what runs already, 78 configuration.",
        version: "zegod \(Version.current)")

    @OptionGroup var directories: DirectoryOptions

    @Flag(help: "Check the configuration and stop.")
    var checkConfig = false

    func run() async throws {
        let places: DaemonDirectories
        let configuration: DaemonConfiguration
        do throws(ConfigurationError) {
            places = try directories.resolve()
            configuration = try Daemon.readConfiguration(places)
        } catch {
            ExitStatus.exit(error.description, program: "zegod", status: ExitStatus.configuration)
        }
        guard !checkConfig else {
            print("\(places.configuration): ok")
            return
        }
        // A reader that goes away is an error of its connection, not the end of the daemon.
        signal(SIGPIPE, SIG_IGN)
        do {
            let daemon = Daemon(places: places, configuration: configuration)
            try await DaemonTask.run { try await daemon.run() }
        } catch {
            ExitStatus.exit("\(error)", program: "zegod", status: ExitStatus.unavailable)
        }
    }
}
