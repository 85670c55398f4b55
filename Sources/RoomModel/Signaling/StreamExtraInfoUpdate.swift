package import JSONRPC

/// `streamExtraInfo`: publishers in a room changed the text of their streams: `{roomID, streamList}`.
package struct StreamExtraInfoUpdate: SignalingMessage {
    package static let method = "streamExtraInfo"

    package let roomID: RoomID
    package let streamList: [StreamDescription]

    package init(roomID: RoomID, streamList: [StreamDescription]) {
        self.roomID = roomID
        self.streamList = streamList
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        streamList = try reader.list("streamList")
    }

    package var json: JSONValue { ["roomID": .string(roomID.rawValue), "streamList": streamList.json] }
}
