package import JSONRPC

/// `onlineUserCount`: how many users are in a room, oneself included: to the one who logs in right after the reply to
/// `login`, to the others on every change (gathered for a second), and to all every 30 s.
package struct OnlineUserCount: SignalingMessage {
    package static let method = "onlineUserCount"

    package let roomID: RoomID
    package let count: Int

    package init(roomID: RoomID, count: Int) {
        self.roomID = roomID
        self.count = count
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        count = try reader.integer("count", in: 0...Int.max)
    }

    package var json: JSONValue { ["roomID": .string(roomID.rawValue), "count": .integer(Int64(count))] }
}
