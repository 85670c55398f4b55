package import JSONRPC

/// `streamUpdate`: streams of others began or ended in a room. A deletion carries
/// `extendedData: {stream_delete_reason: [{streamID, code}]}`, one for each stream in the list.
package struct StreamUpdate: SignalingMessage {
    package static let method = "streamUpdate"

    package let roomID: RoomID
    package let updateType: UpdateType
    package let streamList: [StreamDescription]
    /// Of a deletion: why each stream went.
    package let deleteReasons: [StreamID: StreamDeleteReason]

    package init(roomID: RoomID, added streams: [StreamDescription]) {
        self.roomID = roomID
        updateType = .add
        streamList = streams
        deleteReasons = [:]
    }

    package init(roomID: RoomID, deleted streams: [StreamDescription], reason: StreamDeleteReason) {
        self.roomID = roomID
        updateType = .delete
        streamList = streams
        deleteReasons = Dictionary(streams.map { ($0.streamID, reason) }, uniquingKeysWith: { $1 })
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        roomID = try reader.roomID()
        updateType = try reader.choice("updateType")
        streamList = try reader.list("streamList")
        var reasons: [StreamID: StreamDeleteReason] = [:]
        if var extended = try reader.optionalObject("extendedData") {
            for element in try extended.optionalArray("stream_delete_reason") ?? [] {
                var entry = try JSONReader(element.value, path: element.path)
                reasons[try entry.streamID()] = StreamDeleteReason(rawValue: try entry.integer("code"))
            }
        }
        deleteReasons = reasons
    }

    /// The `extendedData` of the event, as the control API shows it too; empty for an addition.
    package var extendedData: JSONObject {
        let reasons = streamList.compactMap { stream -> JSONValue? in
            deleteReasons[stream.streamID].map { reason in
                ["streamID": .string(stream.streamID.rawValue), "code": .integer(Int64(reason.rawValue))]
            }
        }
        return reasons.isEmpty ? JSONObject() : ["stream_delete_reason": .array(reasons)]
    }

    package var json: JSONValue {
        [
            "roomID": .string(roomID.rawValue), "updateType": .string(updateType.rawValue),
            "streamList": streamList.json, "extendedData": .object(extendedData),
        ]
    }
}
