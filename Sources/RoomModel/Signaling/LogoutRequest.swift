package import JSONRPC

/// `logout`: leaves one room, or all of them; the last one ends the session. Streams published into the room end, and
/// so do the plays when the session ends. 1002002 for a room that the session is not in.
package struct LogoutRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "logout"

    /// Nil: all rooms.
    package let roomID: RoomID?

    package init(roomID: RoomID?) {
        self.roomID = roomID
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.optionalRoomID()
        try reader.finish()
    }

    package var json: JSONValue {
        var object = JSONObject()
        if let roomID { object["roomID"] = .string(roomID.rawValue) }
        return .object(object)
    }
}
