package import JSONRPC

/// `setRoomExtraInfo`: writes the room's one key; the last writer wins and the others are told. 1002002 for a room that
/// the session is not in; 1002017 for a second key; 1002072 over ten a second in one room.
package struct SetRoomExtraInfoRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "setRoomExtraInfo"

    package let roomID: RoomID
    package let key: String
    package let value: String

    package init(roomID: RoomID, key: String, value: String) throws(ZegoError) {
        try RoomExtraInfo.check(key: key, value: value)
        self.roomID = roomID
        self.key = key
        self.value = value
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        let roomID = try reader.roomID()
        let key = try reader.string("key")
        let value = try reader.string("value")
        try reader.finish()
        try self.init(roomID: roomID, key: key, value: value)
    }

    package var json: JSONValue {
        ["roomID": .string(roomID.rawValue), "key": .string(key), "value": .string(value)]
    }
}
