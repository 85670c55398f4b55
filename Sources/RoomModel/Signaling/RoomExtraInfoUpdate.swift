package import JSONRPC

/// `roomExtraInfo`: somebody else wrote a key of the room: `{roomID, roomExtraInfoList}`.
package struct RoomExtraInfoUpdate: SignalingMessage {
    package static let method = "roomExtraInfo"

    package let roomID: RoomID
    package let roomExtraInfoList: [RoomExtraInfo]

    package init(roomID: RoomID, roomExtraInfoList: [RoomExtraInfo]) {
        self.roomID = roomID
        self.roomExtraInfoList = roomExtraInfoList
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        roomExtraInfoList = try reader.list("roomExtraInfoList")
    }

    package var json: JSONValue { ["roomID": .string(roomID.rawValue), "roomExtraInfoList": roomExtraInfoList.json] }
}
