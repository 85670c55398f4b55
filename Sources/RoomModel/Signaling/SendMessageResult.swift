package import JSONRPC

/// The result of a sent message: `{messageID}`, by which receivers know it too.
package struct SendMessageResult: SignalingMessage {
    package let messageID: MessageID

    package init(messageID: MessageID) {
        self.messageID = messageID
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        messageID = MessageID(try reader.integer("messageID", in: 0...Int64.max))
    }

    package var json: JSONValue { ["messageID": .integer(messageID.number)] }
}
