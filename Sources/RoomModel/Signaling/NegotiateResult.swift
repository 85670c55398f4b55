package import JSONRPC

/// The result of `negotiate`: the answer, and how each track fared.
package struct NegotiateResult: SignalingMessage {
    /// The answer, with all candidates of the server (it is ICE-lite).
    package let sdp: String
    /// One for each track of the request, in its order.
    package let tracks: [TrackOutcome]

    package init(sdp: String, tracks: [TrackOutcome]) {
        self.sdp = sdp
        self.tracks = tracks
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        sdp = try reader.string("sdp")
        tracks = try reader.list("tracks")
    }

    package var json: JSONValue {
        ["sdp": .string(sdp), "tracks": tracks.json]
    }
}
