package import JSONRPC

/// `sendCustomCommand`: to some users of the room, or to all others, reliably and in order; users that are not in the room
/// are passed over. 1009005 for a room that the session is not in; 1002072 over 200 a second to one user, or over ten a
/// second to several.
package struct SendCustomCommandRequest: SignalingRequest {
    package typealias Response = SendMessageResult
    package static let method = "sendCustomCommand"
    /// How many users can be named.
    package static let maximumUsers = 500

    package let roomID: RoomID
    package let command: ChatText
    /// Empty: all others.
    package let toUserList: [UserID]

    /// Throws 1000017 for more than 500 users.
    package init(roomID: RoomID, command: ChatText, toUserList: [UserID]) throws(ZegoError) {
        guard toUserList.count <= Self.maximumUsers else {
            throw ZegoError(.illegalParameter, detail: "a command is for at most \(Self.maximumUsers) users")
        }
        self.roomID = roomID
        self.command = command
        self.toUserList = toUserList
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        let roomID = try reader.roomID()
        let command = try ChatText(reader.string("command"))
        let users = try (reader.optionalStrings("toUserList") ?? []).map { text in try UserID(text) }
        try reader.finish()
        try self.init(roomID: roomID, command: command, toUserList: users)
    }

    package var json: JSONValue {
        [
            "roomID": .string(roomID.rawValue), "command": .string(command.text),
            "toUserList": .array(toUserList.map { .string($0.rawValue) }),
        ]
    }
}
