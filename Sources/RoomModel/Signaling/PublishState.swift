package import JSONRPC

/// `publishState`: the media of a stream that this session publishes: `live` when its first packet reached the server;
/// `gone` when none came within ten seconds of an accepted publish and a ready transport (1003001), or when the server
/// ended the stream (1003025). A muted stream that sends nothing stays as it was.
package struct PublishState: SignalingMessage {
    package static let method = "publishState"

    package let streamID: StreamID
    package let state: StreamMediaState
    /// ``ZegoErrorCode/success`` unless the state is `gone`.
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
