package import JSONRPC

/// `userUpdate`: others entered or left a room; only among users that set `isUserStatusNotify`, never oneself.
package struct UserUpdate: SignalingMessage {
    package static let method = "userUpdate"

    package let roomID: RoomID
    package let updateType: UpdateType
    package let userList: [User]

    package init(roomID: RoomID, updateType: UpdateType, userList: [User]) {
        self.roomID = roomID
        self.updateType = updateType
        self.userList = userList
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        updateType = try reader.choice("updateType")
        userList = try reader.list("userList")
    }

    package var json: JSONValue {
        [
            "roomID": .string(roomID.rawValue), "updateType": .string(updateType.rawValue), "userList": userList.json,
        ]
    }
}
