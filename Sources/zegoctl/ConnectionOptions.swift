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

    /// The control socket.
    var controlPath: String {
        if let socket { return socket }
        if let socket = ProcessEnvironment.value("ZEGOD_SOCKET"), !socket.isEmpty { return socket }
        return isOfUser ? userPath ?? Self.systemPath : Self.systemPath
    }

    /// Whether the daemon of this user is meant: no socket is named, and of the two there are that is the one that can be
    /// written to.
    var isOfUser: Bool {
        guard socket == nil, ProcessEnvironment.value("ZEGOD_SOCKET")?.isEmpty ?? true, let userPath else {
            return false
        }
        return access(Self.systemPath, R_OK | W_OK) != 0 && access(userPath, F_OK) == 0
    }

    private static let systemPath = "/run/zegod/control.sock"

    private var userPath: String? {
        ProcessEnvironment.value("XDG_RUNTIME_DIR").map { "\($0)/zegod/control.sock" }
    }

    /// The socket of another name beside the control socket.
    func path(beside name: String) -> String {
        let control = controlPath
        guard let slash = control.lastIndex(of: "/") else { return name }
        return "\(control[..<slash])/\(name)"
    }
}
