package import JSONRPC

/// The result of `negotiate`: the answer, and how each track fared.
package struct NegotiateResult: SignalingMessage {
    /// The answer, with all candidates of the server (it is ICE-lite).
    package let sdp: String
    /// One for each track of the request, in its order.
    package let tracks: [TrackOutcome]
    /// As in the result of `login`, with fresh credentials; empty where those do not run out.
    package let iceServers: [ICEServer]

    package init(sdp: String, tracks: [TrackOutcome], iceServers: [ICEServer] = []) {
        self.sdp = sdp
        self.tracks = tracks
        self.iceServers = iceServers
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        sdp = try reader.string("sdp")
        tracks = try reader.list("tracks")
        iceServers = try reader.optionalList("iceServers")
    }

    package var json: JSONValue {
        var object: JSONObject = ["sdp": .string(sdp), "tracks": tracks.json]
        if !iceServers.isEmpty { object["iceServers"] = iceServers.json }
        return .object(object)
    }
}
