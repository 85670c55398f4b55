/// The protocol between a client and a room server (ROOM-PROTOCOL.md, "Signalling"): JSON-RPC 2.0 in the text frames of
/// a WebSocket.
package enum SignalingProtocol {
    /// The WebSocket subprotocol (RFC 6455, section 1.9).
    package static let subprotocol = "zego-room.v1"
    /// The path of the WebSocket.
    package static let path = "/v1/signal"
    /// The largest offer or answer, in bytes.
    package static let maximumSDPBytes = 65_536
    /// The largest text frame, in bytes: an SDP of full size, escaped, with its tracks.
    package static let maximumFrameBytes = 262_144
}
