import ArgumentParser
import ControlAPI
import Glibc

/// The command line of the room server alone.
@main
struct RoomDaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zego-roomd", abstract: "The room server of zegod, alone.",
        discussion: "Exit codes: 0 stopped, 64 usage, 69 cannot start beside what runs already, 78 configuration.",
        version: "zego-roomd \(Version.current)")

    @OptionGroup var directories: DirectoryOptions

    @Flag(help: "Check the configuration and stop.")
    var checkConfig = false

    func run() async throws {
        let places: DaemonDirectories
        let configuration: RoomDaemonConfiguration
        do throws(ConfigurationError) {
            places = try directories.resolve()
            configuration = try RoomDaemon.readConfiguration(places)
        } catch {
            ExitStatus.exit(error.description, program: "zego-roomd", status: ExitStatus.configuration)
        }
        guard !checkConfig else {
            print("\(places.configuration): ok")
            return
        }
        // A reader that goes away is an error of its connection, not the end of the daemon.
        signal(SIGPIPE, SIG_IGN)
        do {
            let daemon = RoomDaemon(places: places, configuration: configuration)
            try await DaemonTask.run { try await daemon.run() }
        } catch {
            ExitStatus.exit("\(error)", program: "zego-roomd", status: ExitStatus.unavailable)
        }
    }
}
