package import JSONRPC

/// `mute`: tells those who play a stream what its microphone does. The media is not touched.
package struct MuteRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "mute"

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
        try reader.finish()
    }

    package var json: JSONValue { ["streamID": .string(streamID.rawValue), "state": .string(state.rawValue)] }
}
