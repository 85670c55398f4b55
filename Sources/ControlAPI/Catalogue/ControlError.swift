import JSONRPC

/// The errors of the control API that are neither JSON-RPC's own nor the SDK's.
package enum ControlError {
    package static let shuttingDownCode = -32000
    package static let notPermittedCode = -32001
    package static let waitedLongEnoughCode = -32002

    /// -32000: the daemon is stopping.
    package static let shuttingDown = JSONRPCError(
        code: shuttingDownCode, message: "The daemon is shutting down",
        data: ["name": "SHUTTING_DOWN", "hint": "connect again when it is back; systemd keeps the socket meanwhile"])

    /// -32001 with the reason.
    package static func notPermitted(_ reason: String, hint: String) -> JSONRPCError {
        JSONRPCError(
            code: notPermittedCode, message: "Not permitted: \(reason)",
            data: ["name": "NOT_PERMITTED", "hint": .string(hint)])
    }

    /// -32001: too many connections.
    package static func tooManyConnections(_ reason: String) -> JSONRPCError {
        JSONRPCError(
            code: notPermittedCode, message: "Too many connections: \(reason)",
            data: ["name": "TOO_MANY_CONNECTIONS", "hint": "close connections that are not needed, or share one"])
    }

    /// -32002: `wait` ran out; the work goes on.
    package static func waitedLongEnough(lastSeq: UInt64) -> JSONRPCError {
        JSONRPCError(
            code: waitedLongEnoughCode, message: "Waited long enough; the work goes on",
            data: [
                "name": "WAIT_EXPIRED", "hint": "follow the events, or call with a longer wait", "stillTrying": true,
                "seq": .integer(Int64(clamping: lastSeq)),
            ])
    }

    /// -32603: a failure that the caller cannot mend. What it was stands in the log only.
    package static let internalError = JSONRPCError(
        code: JSONRPCError.Code.internalError, message: "Internal error",
        data: ["name": "INTERNAL_ERROR", "hint": "see the daemon's log"])
}
