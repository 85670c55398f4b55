package import JSONRPC

/// `resume`: the first request of a new connection that goes on with a session whose connection was lost.
///
/// Errors mean: log in anew. 1002052: there is no such session (any more), the key is wrong (not told apart), or more
/// was missed than is kept; 1002086: the user logged in elsewhere meanwhile.
package struct ResumeRequest: SignalingRequest {
    package typealias Response = ResumeResult
    package static let method = "resume"

    package let sessionID: String
    package let resumeKey: String
    /// The `seq` of the last notification that the client has seen; 0 for none.
    package let lastSeq: UInt64

    package init(sessionID: String, resumeKey: String, lastSeq: UInt64) {
        self.sessionID = sessionID
        self.resumeKey = resumeKey
        self.lastSeq = lastSeq
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        sessionID = try reader.string("sessionID")
        resumeKey = try reader.string("resumeKey")
        lastSeq = try reader.integer("lastSeq", in: 0...UInt64(Int64.max))
        try reader.finish()
    }

    package var json: JSONValue {
        [
            "sessionID": .string(sessionID), "resumeKey": .string(resumeKey),
            "lastSeq": .integer(Int64(clamping: lastSeq)),
        ]
    }
}
