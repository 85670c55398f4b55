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
}
