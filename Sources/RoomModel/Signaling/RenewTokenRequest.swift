package import JSONRPC

/// `renewToken`: another token for a room that the session is in; it counts for what is begun from now on. 1002002 for a
/// room that the session is not in, 1002074 to 1002080 and 1002033 as for a login, 1002082 when it does not allow a stream
/// that is published there.
package struct RenewTokenRequest: SignalingRequest {
    package typealias Response = RenewTokenResult
    package static let method = "renewToken"

    package let roomID: RoomID
    package let token: String

    package init(roomID: RoomID, token: String) {
        self.roomID = roomID
        self.token = token
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        token = try reader.string("token")
        try reader.finish()
        guard token.utf8.count <= LoginAuthentication.maximumTokenBytes else { throw ZegoError(.tokenFormatError) }
    }

    package var json: JSONValue { ["roomID": .string(roomID.rawValue), "token": .string(token)] }
}

extension RenewTokenRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The room only: tokens never get into a log.
    package var description: String { "renewToken of \(roomID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
