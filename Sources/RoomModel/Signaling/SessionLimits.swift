package import JSONRPC

/// What one session may have at once: `{rooms, publishStreams, playStreams}`.
package struct SessionLimits: Hashable, Sendable, SignalingValue {
    package let rooms: Int
    package let publishStreams: Int
    package let playStreams: Int

    /// The SDK's numbers: 5 rooms, 4 publish channels, 20 plays (`facts/zego.md`, section 1.0).
    package static let standard = SessionLimits(rooms: 5, publishStreams: 4, playStreams: 20)

    package init(rooms: Int, publishStreams: Int, playStreams: Int) {
        self.rooms = rooms
        self.publishStreams = publishStreams
        self.playStreams = playStreams
    }

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        rooms = try reader.integer("rooms", in: 1...10_000)
        publishStreams = try reader.integer("publishStreams", in: 0...10_000)
        playStreams = try reader.integer("playStreams", in: 0...10_000)
    }

    package var json: JSONValue {
        [
            "rooms": .integer(Int64(rooms)), "publishStreams": .integer(Int64(publishStreams)),
            "playStreams": .integer(Int64(playStreams)),
        ]
    }
}
