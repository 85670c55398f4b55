import NIOCore
import NIOWebSocket

/// The sending side of a signalling connection.
struct WebSocketConnection: Sendable {
    let channel: any Channel

    /// How long a client may take to answer a close frame.
    private static let closeTimeout = TimeAmount.seconds(1)

    /// Sends a text frame.
    func send(_ bytes: [UInt8]) {
        let frame = WebSocketFrame(fin: true, opcode: .text, data: channel.allocator.buffer(bytes: bytes))
        channel.writeAndFlush(frame, promise: nil)
    }

    /// Sends a close frame; the client's own close frame, or a second without it, ends the connection. (Closing at once
    /// would let the kernel throw away what the client has not read yet.)
    func close(_ reason: CloseReason) {
        var data = channel.allocator.buffer(capacity: 64)
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(reason.code)))
        // The payload of a control frame has at most 125 bytes (RFC 6455, section 5.5).
        data.writeString(String(reason.text.prefix(100)))
        let channel = channel
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data), promise: nil)
        channel.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
    }

    /// Whether the limits for strangers apply.
    func setAuthenticated(_ known: Bool) {
        channel.triggerUserOutboundEvent(AuthenticationChange(isAuthenticated: known), promise: nil)
    }
}
