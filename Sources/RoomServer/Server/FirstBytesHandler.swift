import NIOCore

/// Waits for the first bytes of a connection until they tell what it speaks, has the rest of the pipeline made for that,
/// hands it the bytes and leaves. Before it stands ``ConnectionGuard``, whose limits of time and size hold meanwhile.
package final class FirstBytesHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    /// Adds the handlers of a protocol to the end of the pipeline; the first bytes then come to them as any others.
    package typealias Configure = (ConnectionProtocol, _ channel: any Channel, _ firstBytes: ByteBuffer) throws -> Void

    private let configure: Configure
    private var firstBytes = ByteBuffer()
    private var hasDecided = false

    /// - Parameter configure: called once, on the event loop; when it throws, the connection is closed.
    package init(_ configure: @escaping Configure) {
        self.configure = configure
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasDecided else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        firstBytes.writeBuffer(&bytes)
        guard let spoken = ConnectionProtocol(firstBytes: firstBytes.readableBytesView) else { return }
        hasDecided = true
        do {
            try configure(spoken, context.channel, firstBytes)
        } catch {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(wrapInboundOut(firstBytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
