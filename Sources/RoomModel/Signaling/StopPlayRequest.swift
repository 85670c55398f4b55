package import JSONRPC

/// `stopPlay`: the server stops sending a stream at once, before its section is freed by the next `negotiate`.
/// 1004011 for a stream that the session does not play.
package struct StopPlayRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "stopPlay"

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
