package import JSONRPC

/// `kickOut`: the user was put out of a room (1002050, 1002055, 1002056, 1002057).
package struct KickOut: SignalingMessage {
    package static let method = "kickOut"

    /// Nil: out of all rooms; the session is over and the server closes the connection.
    package let roomID: RoomID?
    package let errorCode: ZegoErrorCode
    /// For people.
    package let reason: String

    package init(roomID: RoomID?, errorCode: ZegoErrorCode, reason: String) {
        self.roomID = roomID
        self.errorCode = errorCode
        self.reason = reason
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.optionalRoomID()
        errorCode = try reader.errorCode("errorCode")
        reason = try reader.string("reason")
    }

    package var json: JSONValue {
        var object = JSONObject()
        if let roomID { object["roomID"] = .string(roomID.rawValue) }
        object["errorCode"] = .integer(Int64(errorCode.number))
        object["reason"] = .string(reason)
        return .object(object)
    }
}
