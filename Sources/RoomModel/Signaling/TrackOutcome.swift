package import JSONRPC

/// How a track of ``NegotiateRequest`` fared: `{mid, errorCode, live?}`.
package struct TrackOutcome: Hashable, Sendable, SignalingValue {
    package let mid: String
    /// ``ZegoErrorCode/success``, or why the section is inactive.
    package let errorCode: ZegoErrorCode
    /// Of an accepted play: whether the stream is published at this moment (else ``PlayState`` tells when it is). Nil
    /// for publishing and for refusals.
    package let live: Bool?

    package init(mid: String, errorCode: ZegoErrorCode, live: Bool? = nil) {
        self.mid = mid
        self.errorCode = errorCode
        self.live = live
    }

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        mid = try reader.string("mid")
        errorCode = try reader.errorCode("errorCode")
        live = try reader.optionalBool("live")
    }

    package var json: JSONValue {
        var object: JSONObject = ["mid": .string(mid), "errorCode": .integer(Int64(errorCode.number))]
        if let live { object["live"] = .bool(live) }
        return .object(object)
    }
}
