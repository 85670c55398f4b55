package import JSONRPC

/// `kickOut`: the user was put out of a room (1002050, 1002055, 1002056, 1002057).
package struct KickOut: SignalingMessage {
    package static let method = "kickOut"

    /// Nil: out of all rooms; the session is over and the server closes the connection.
    package let roomID: RoomID?
    package let errorCode: ZegoErrorCode
    /// For people.
    package let reason: String
    /// What the operator wants the user to be told; nil: nothing.
    package let message: String?

    package init(roomID: RoomID?, errorCode: ZegoErrorCode, reason: String, message: String? = nil) {
        self.roomID = roomID
        self.errorCode = errorCode
        self.reason = reason
        self.message = message
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.optionalRoomID()
        errorCode = try reader.errorCode("errorCode")
        reason = try reader.string("reason")
        message = try reader.optionalString("message")
    }

    package var json: JSONValue {
        var object = JSONObject()
        if let roomID { object["roomID"] = .string(roomID.rawValue) }
        object["errorCode"] = .integer(Int64(errorCode.number))
        object["reason"] = .string(reason)
        if let message { object["message"] = .string(message) }
        return .object(object)
    }
}
