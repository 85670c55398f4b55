package import JSONRPC

/// `unpublish`: a published stream ends at once, before its section is freed by the next `negotiate`. 1000017 for a
/// stream that the session does not publish.
package struct UnpublishRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "unpublish"

    package let streamID: StreamID

    package init(streamID: StreamID) {
        self.streamID = streamID
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        streamID = try reader.streamID()
        try reader.finish()
    }

    package var json: JSONValue { ["streamID": .string(streamID.rawValue)] }
}
