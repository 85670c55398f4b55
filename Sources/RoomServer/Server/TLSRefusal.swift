import NIOCore

/// Answers a TLS handshake where there is no certificate: with the alert that such a client understands.
final class TLSRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A fatal `handshake_failure` in a record of its own (RFC 8446, sections 5.1 and 6).
    private static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 40]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let alert = context.channel.allocator.buffer(bytes: Self.alert)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(alert)).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
