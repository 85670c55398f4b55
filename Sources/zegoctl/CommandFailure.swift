import Glibc
import JSONRPC

/// Why a command failed: what is said on standard error, and the exit code.
struct CommandFailure: Error {
    /// The exit codes of the contract.
    enum Status: Int32 {
        case callFailed = 1
        case usage = 64
        case unreachable = 69
        case timedOut = 75
        case notPermitted = 77
    }

    let status: Status
    let message: String

    init(status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// An error that the daemon answered.
    init(_ error: JSONRPCError) {
        let name = error.data?["name"]?.string ?? "ERROR"
        var message = "\(name) (\(error.code)): \(error.message)"
        if let hint = error.data?["hint"]?.string { message += "\nhint: \(hint)" }
        self.message = message
        status =
            switch error.code {
            case -32001: .notPermitted
            case -32002: .timedOut
            default: .callFailed
            }
    }

    /// Nobody answers at a socket.
    static func notConnected(_ path: String, _ reason: CInt) -> CommandFailure {
        switch reason {
        case EACCES, EPERM:
            let group = path.hasSuffix("events.sock") ? "zegod-events" : "zegod"
            let fix =
                path.hasSuffix("admin.sock")
                ? "run it with sudo"
                : "run it with sudo, or join the group: sudo usermod -aG \(group) $USER, and log in anew"
            return CommandFailure(status: .notPermitted, "no permission for \(path)\nhint: \(fix)")
        case ENOENT:
            return CommandFailure(
                status: .unreachable,
                "there is no socket \(path)\nhint: systemctl start zegod, or name another with --socket or ZEGOD_SOCKET"
            )
        default:
            return CommandFailure(
                status: .unreachable, "nobody answers at \(path)\nhint: systemctl status zegod tells why")
        }
    }
}
