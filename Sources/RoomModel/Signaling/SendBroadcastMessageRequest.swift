package import JSONRPC

/// `sendBroadcastMessage`: to all others in the room, reliably and in the order in which the server took them. 1009005 for
/// a room that the session is not in; 1009015 over two a second of one user; 1002072 over ten a second in one room.
package struct SendBroadcastMessageRequest: SignalingRequest {
    package typealias Response = SendMessageResult
    package static let method = "sendBroadcastMessage"

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
