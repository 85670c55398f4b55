package import JSONRPC

/// `sendBarrageMessage`: to all others in the room who are connected at this moment; nobody gets it later. 1009005 for a
/// room that the session is not in; 1002072 over twenty a second in one room.
package struct SendBarrageMessageRequest: SignalingRequest {
    package typealias Response = SendMessageResult
    package static let method = "sendBarrageMessage"

    package let roomID: RoomID
    package let message: ChatText

    package init(roomID: RoomID, message: ChatText) {
        self.roomID = roomID
        self.message = message
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        message = try ChatText(reader.string("message"))
        try reader.finish()
    }

    package var json: JSONValue { ["roomID": .string(roomID.rawValue), "message": .string(message.text)] }
}
