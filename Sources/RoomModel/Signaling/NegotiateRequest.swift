package import JSONRPC

/// `negotiate`: an offer for the session's one transport, and what its sections are for.
///
/// `tracks` is the whole truth each time: a section (by its mid) that no track names is spare or inactive, a stream
/// that was published or played before and stands in no track any more has ended. A track that is refused leaves its
/// section inactive and says why in the result; the others are not touched by that.
package struct NegotiateRequest: SignalingRequest {
    package typealias Response = NegotiateResult
    package static let method = "negotiate"

    /// The offer, at most 64 KiB (RFC 8866, RFC 8829).
    package let sdp: String
    package let tracks: [NegotiatedTrack]

    package init(sdp: String, tracks: [NegotiatedTrack]) {
        self.sdp = sdp
        self.tracks = tracks
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        sdp = try reader.string("sdp")
        tracks = try reader.list("tracks")
        try reader.finish()
        guard sdp.utf8.count <= SignalingProtocol.maximumSDPBytes else {
            throw JSONShapeError(
                path: "sdp", expected: "at most \(SignalingProtocol.maximumSDPBytes) bytes",
                got: "\(sdp.utf8.count) bytes")
        }
        guard Set(tracks.map(\.mid)).count == tracks.count else {
            throw JSONShapeError(path: "tracks", expected: "a mid in one track only", got: "a mid twice")
        }
    }

    package var json: JSONValue {
        ["sdp": .string(sdp), "tracks": tracks.json]
    }
}
