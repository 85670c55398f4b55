import ArgumentParser
import ControlAPI
import Glibc

/// Where the daemon is and how results are printed; given before or after the subcommand.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The control socket of the daemon.")
    var socket: String?

    @Flag(help: "Print the raw result.")
    var json = false

    @Option(help: "Seconds to wait for an answer (default: 30 or the call's own wait; wait and events: for ever).")
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

    /// The control socket: the one that is named, else the system's, or that of this user's own daemon where the system's
    /// cannot be used.
    var controlPath: String { namedPath ?? userPath ?? Self.systemPath }

    /// Whether the daemon of this user is meant.
    var isOfUser: Bool { namedPath == nil && userPath != nil }

    private static let systemPath = "/run/zegod/control.sock"

    private var namedPath: String? {
        socket ?? ProcessEnvironment.value("ZEGOD_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
    }

    private var userPath: String? {
        guard access(Self.systemPath, R_OK | W_OK) != 0, let directory = ProcessEnvironment.value("XDG_RUNTIME_DIR")
        else { return nil }
        let path = "\(directory)/zegod/control.sock"
        return access(path, F_OK) == 0 ? path : nil
    }

    /// The socket of another name beside the control socket.
    func path(beside name: String) -> String {
        let control = controlPath
        guard let slash = control.lastIndex(of: "/") else { return name }
        return "\(control[..<slash])/\(name)"
    }
}
