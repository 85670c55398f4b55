package import JSONRPC

/// `message`: somebody else in the room sent something:
/// `{roomID, type, fromUser, message, messageID, sendTime}`.
package struct RoomMessage: SignalingMessage {
    package static let method = "message"

    /// What was sent, and how well it is looked after.
    package enum Kind: String, CaseIterable, Sendable {
        case broadcast
        /// Only for those who are connected.
        case barrage
        case customCommand
    }

    package let roomID: RoomID
    package let kind: Kind
    package let fromUser: User
    package let text: ChatText
    package let messageID: MessageID
    /// Milliseconds since 1970 by the server's clock.
    package let sendTime: Int64

    package init(
        roomID: RoomID, kind: Kind, fromUser: User, text: ChatText, messageID: MessageID, sendTime: Int64
    ) {
        self.roomID = roomID
        self.kind = kind
        self.fromUser = fromUser
        self.text = text
        self.messageID = messageID
        self.sendTime = sendTime
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        kind = try reader.choice("type")
        fromUser = try User(json: reader.value("fromUser", expected: "object"), path: "fromUser")
        text = try ChatText(reader.string("message"))
        messageID = MessageID(try reader.integer("messageID", in: 0...Int64.max))
        sendTime = try reader.integer("sendTime")
    }

    package var json: JSONValue {
        [
            "roomID": .string(roomID.rawValue), "type": .string(kind.rawValue), "fromUser": fromUser.json,
            "message": .string(text.text), "messageID": .integer(messageID.number), "sendTime": .integer(sendTime),
        ]
    }
}
