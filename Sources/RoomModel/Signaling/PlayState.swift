package import JSONRPC

/// `playState`: a stream that this session plays: `live` when somebody publishes it now, `gone` when nobody does any
/// more (the section stays, and `live` follows when it comes back), or when the server refuses it from now on
/// (1004025).
package struct PlayState: SignalingMessage {
    package static let method = "playState"

    package let streamID: StreamID
    package let state: StreamMediaState
    /// ``ZegoErrorCode/success`` unless the server refuses the stream.
    package let errorCode: ZegoErrorCode

    package init(streamID: StreamID, state: StreamMediaState, errorCode: ZegoErrorCode = .success) {
        self.streamID = streamID
        self.state = state
        self.errorCode = errorCode
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        streamID = try reader.streamID()
        state = try reader.choice("state")
        errorCode = try StreamNotificationCoding.errorCode(&reader)
    }

    package var json: JSONValue {
        StreamNotificationCoding.json(streamID: streamID, state: state, errorCode: errorCode)
    }
}
