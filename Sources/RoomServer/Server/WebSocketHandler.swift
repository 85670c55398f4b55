import NIOCore
import NIOWebSocket

/// The end of the pipeline of a signalling connection: hands texts to the service, answers control frames.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let service: SignalingService
    private var connection: ConnectionID?

    init(service: SignalingService) {
        self.service = service
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        guard channel.isActive else { return }
        connection = service.assumeIsolated { $0.opened(channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let connection { service.assumeIsolated { $0.closed(connection) } }
        connection = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let connection else { return }
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text:
            let bytes = Array(frame.unmaskedData.readableBytesView)
            service.assumeIsolated { $0.received(connection, bytes) }
        case .ping:
            service.assumeIsolated { $0.heard(connection) }
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong: service.assumeIsolated { $0.heard(connection) }
        case .connectionClose: close(context, .normalClosure)
        default: close(context, .unacceptableData)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What the decoders do not accept (a frame too large, a wrong sequence of fragments), or a broken socket.
        switch error {
        case NIOWebSocketError.invalidFrameLength: close(context, .messageTooLarge)
        case is NIOWebSocketFrameAggregator.Error: close(context, .messageTooLarge)
        default: context.close(promise: nil)
        }
    }

    /// Answers with a close frame and closes the socket once that is written.
    private func close(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)))
            .whenComplete { _ in channel.close(promise: nil) }
    }
}
