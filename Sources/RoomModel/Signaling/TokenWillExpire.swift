package import JSONRPC

/// `tokenWillExpire`: the token that counts in a room expires soon; once for each token, 30 s before.
package struct TokenWillExpire: SignalingMessage {
    package static let method = "tokenWillExpire"

    package let roomID: RoomID
    package let remainSeconds: Int

    package init(roomID: RoomID, remainSeconds: Int) {
        self.roomID = roomID
        self.remainSeconds = remainSeconds
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        remainSeconds = try reader.integer("remainSeconds")
    }

    package var json: JSONValue {
        ["roomID": .string(roomID.rawValue), "remainSeconds": .integer(Int64(remainSeconds))]
    }
}
