import ArgumentParser
import ControlAPI
import Glibc

/// Where the daemon is and how results are printed; given before or after the subcommand.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The control socket of the daemon.")
    var socket: String?

    @Flag(help: "Print the raw result.")
    var json = false

    @Option(help: "Seconds to wait for an answer (default: 30, or longer than the call's own wait).")
    var timeout: Double?

    /// These options, with those given before the subcommand where these say nothing.
    func or(_ earlier: ConnectionOptions) -> ConnectionOptions {
        var merged = self
        merged.socket = socket ?? earlier.socket
        merged.json = json || earlier.json
        merged.timeout = timeout ?? earlier.timeout
        return merged
    }

    func validate() throws {
        if let timeout, !(timeout > 0 && timeout <= 86_400) {
            throw ValidationError("--timeout is a number of seconds, more than 0")
        }
    }

    /// The control socket.
    var controlPath: String {
        if let socket { return socket }
        if let socket = ProcessEnvironment.value("ZEGOD_SOCKET"), !socket.isEmpty { return socket }
        let system = "/run/zegod/control.sock"
        guard access(system, F_OK) != 0, let directory = ProcessEnvironment.value("XDG_RUNTIME_DIR") else {
            return system
        }
        let user = "\(directory)/zegod/control.sock"
        return access(user, F_OK) == 0 ? user : system
    }

    /// The socket of another name beside the control socket.
    func path(beside name: String) -> String {
        let control = controlPath
        guard let slash = control.lastIndex(of: "/") else { return name }
        return "\(control[..<slash])/\(name)"
    }
}
