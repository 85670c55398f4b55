package import JSONRPC

/// `setStreamExtraInfo`: another text for a stream that the session publishes; the others in its room are told. 1000017
/// for a stream that the session does not publish; 1002072 over ten a second.
package struct SetStreamExtraInfoRequest: SignalingRequest {
    package typealias Response = EmptyResult
    package static let method = "setStreamExtraInfo"

    package let streamID: StreamID
    package let extraInfo: StreamExtraInfo

    package init(streamID: StreamID, extraInfo: StreamExtraInfo) {
        self.streamID = streamID
        self.extraInfo = extraInfo
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        streamID = try reader.streamID()
        extraInfo = try StreamExtraInfo(reader.string("extraInfo"))
        try reader.finish()
    }

    package var json: JSONValue {
        ["streamID": .string(streamID.rawValue), "extraInfo": .string(extraInfo.text)]
    }
}
