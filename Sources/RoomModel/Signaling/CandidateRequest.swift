package import JSONRPC

/// `candidate`: one trickled candidate of the client, `{candidate, mid?, usernameFragment?}`, or `{endOfCandidates:true}`.
package struct CandidateRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "candidate"

    /// The value of an `a=candidate` line, beginning with `candidate:` (RFC 8839, section 5.1), at most 1024 bytes; nil:
    /// no more will come.
    package let candidate: String?
    /// The section that it came with; all sections share one transport.
    package let mid: String?
    /// The generation of ICE that it belongs to (`a=ice-ufrag` of the offer).
    package let usernameFragment: String?

    package init(candidate: String?, mid: String? = nil, usernameFragment: String? = nil) {
        self.candidate = candidate
        self.mid = mid
        self.usernameFragment = usernameFragment
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        candidate = try reader.optionalString("candidate")
        mid = try reader.optionalString("mid")
        usernameFragment = try reader.optionalString("usernameFragment")
        let end = try reader.optionalBool("endOfCandidates") ?? false
        try reader.finish()
        guard (candidate == nil) == end else {
            throw JSONShapeError(path: "", expected: "either candidate or endOfCandidates", got: "object")
        }
        for (key, text) in [("candidate", candidate), ("mid", mid), ("usernameFragment", usernameFragment)] {
            guard (text?.utf8.count ?? 0) <= 1024 else {
                throw JSONShapeError(path: key, expected: "at most 1024 bytes", got: "more")
            }
        }
    }

    package var json: JSONValue {
        var object = JSONObject()
        if let candidate { object["candidate"] = .string(candidate) }
        if let mid { object["mid"] = .string(mid) }
        if let usernameFragment { object["usernameFragment"] = .string(usernameFragment) }
        if candidate == nil { object["endOfCandidates"] = true }
        return .object(object)
    }
}
