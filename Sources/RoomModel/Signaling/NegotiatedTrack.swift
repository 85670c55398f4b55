package import JSONRPC

/// The use of one section: `{mid, publish:{streamID, roomID, extraInfo?}}` or `{mid, play:{streamID, roomID?}}`.
package struct NegotiatedTrack: Hashable, Sendable, SignalingValue {
    /// The media identification of the section (`a=mid`, RFC 5888), 1 to 16 characters.
    package let mid: String
    package let use: Use

    /// What goes through the section.
    package enum Use: Hashable, Sendable {
        /// The client sends the stream into a room that it is logged in to.
        case publish(streamID: StreamID, roomID: RoomID, extraInfo: StreamExtraInfo)
        /// The client receives the stream, which may be published in any room of the application, or not yet.
        case play(streamID: StreamID, roomID: RoomID?)
    }

    package init(mid: String, use: Use) {
        self.mid = mid
        self.use = use
    }

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        mid = try reader.string("mid")
        guard (1...16).contains(mid.utf8.count), mid.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw JSONShapeError(
                path: reader.path(of: "mid"), expected: "1 to 16 printable characters", got: "another string")
        }
        let publish = try reader.optionalObject("publish")
        let play = try reader.optionalObject("play")
        try reader.finish()
        switch (publish, play) {
        case (var publish?, nil):
            use = .publish(
                streamID: try publish.streamID(), roomID: try publish.roomID(),
                extraInfo: try StreamExtraInfo(publish.optionalString("extraInfo") ?? ""))
            try publish.finish()
        case (nil, var play?):
            use = .play(streamID: try play.streamID(), roomID: try play.optionalRoomID())
            try play.finish()
        default:
            throw JSONShapeError(path: path, expected: "either publish or play", got: "object")
        }
    }

    package var json: JSONValue {
        var object: JSONObject = ["mid": .string(mid)]
        switch use {
        case .publish(let streamID, let roomID, let extraInfo):
            var publish: JSONObject = ["streamID": .string(streamID.rawValue), "roomID": .string(roomID.rawValue)]
            if extraInfo != .none { publish["extraInfo"] = .string(extraInfo.text) }
            object["publish"] = .object(publish)
        case .play(let streamID, let roomID):
            var play: JSONObject = ["streamID": .string(streamID.rawValue)]
            if let roomID { play["roomID"] = .string(roomID.rawValue) }
            object["play"] = .object(play)
        }
        return .object(object)
    }
}
