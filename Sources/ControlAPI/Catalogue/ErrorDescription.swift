import JSONRPC
import RoomModel

/// An error as the catalogue announces it.
package struct ErrorDescription: Sendable {
    package let code: Int
    package let name: String
    package let meaning: String

    /// An error of the SDK's table.
    package static func sdk(_ code: ZegoErrorCode) -> ErrorDescription {
        ErrorDescription(code: code.number, name: code.name, meaning: code.meaning)
    }

    var json: JSONValue {
        ["code": .integer(Int64(code)), "message": .string(meaning), "data": ["name": .string(name)]]
    }

    /// The errors that every call may get: JSON-RPC's own and the daemon's.
    package static let standard: [ErrorDescription] = [
        .init(code: JSONRPCError.Code.parseError, name: "PARSE_ERROR", meaning: "the line is not JSON"),
        .init(code: JSONRPCError.Code.invalidRequest, name: "INVALID_REQUEST", meaning: "the JSON is no request"),
        .init(
            code: JSONRPCError.Code.methodNotFound, name: "METHOD_NOT_FOUND",
            meaning: "there is no such method; data.suggestion names the one that was probably meant"),
        .init(
            code: JSONRPCError.Code.invalidParams, name: "INVALID_PARAMS",
            meaning: "a parameter is not as the method asks; data.path, data.expected and data.got say where and how"),
        .init(
            code: JSONRPCError.Code.internalError, name: "INTERNAL_ERROR",
            meaning: "a failure that the caller cannot mend; the daemon's log tells more"),
        .init(code: ControlError.shuttingDownCode, name: "SHUTTING_DOWN", meaning: "the daemon is stopping"),
        .init(
            code: ControlError.notPermittedCode, name: "NOT_PERMITTED",
            meaning: "who calls may not do this, or has too many connections (TOO_MANY_CONNECTIONS)"),
        .init(
            code: ControlError.waitedLongEnoughCode, name: "WAIT_EXPIRED",
            meaning: "the call's wait ran out; the work goes on and events tell the rest"),
    ]
}
