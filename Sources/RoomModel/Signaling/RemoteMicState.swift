package import JSONRPC

/// `remoteMicState`: what the microphone of a stream does that this session plays; also right after the play began,
/// unless it is open.
package struct RemoteMicState: SignalingMessage {
    package static let method = "remoteMicState"

    package let streamID: StreamID
    package let state: MicrophoneState

    package init(streamID: StreamID, state: MicrophoneState) {
        self.streamID = streamID
        self.state = state
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        streamID = try reader.streamID()
        state = try reader.choice("state")
    }

    package var json: JSONValue { ["streamID": .string(streamID.rawValue), "state": .string(state.rawValue)] }
}
