import ArgumentParser
import ControlAPI
import Glibc

/// The command line over the sockets of zegod.
@main
struct ZegoctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zegoctl", abstract: "Controls zegod.",
        discussion: """
            The socket is --socket, else ZEGOD_SOCKET, else that of the system's or the user's daemon. Exit codes: 0 ok, \
            1 the call failed, 64 usage, 69 daemon not reachable, 75 timed out, 77 not permitted.
            """,
        version: "zegoctl \(Version.current)",
        subcommands: [
            StatusCommand.self, LoginCommand.self, LogoutCommand.self, PublishCommand.self, PlayCommand.self,
            EventsCommand.self, WaitCommand.self, TopCommand.self, DoctorCommand.self, DevicesCommand.self,
            CallCommand.self, ApplicationCommand.self, TokenCommand.self,
            RoomsCommand.self,
            UsersCommand.self, StreamsCommand.self, KickCommand.self, CloseRoomCommand.self, DrainCommand.self,
            CertificateCommand.self, HelpCommand.self, ManualCommand.self,
        ])

    @OptionGroup var connection: ConnectionOptions

    static func main() {
        // A reader of our output that goes away (head, grep -q) ends us quietly by the write that fails.
        signal(SIGPIPE, SIG_DFL)
        main(nil)
    }
}
