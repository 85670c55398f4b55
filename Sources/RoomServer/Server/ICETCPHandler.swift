import Glibc
import NIOCore
import WebRTC

/// Waits for the first whole frame of an ICE-TCP connection and gives the connection to the media side: its descriptor
/// lives on in a worker, and the channel ends.
final class ICETCPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let media: any MediaSide
    private var bytes: [UInt8] = []
    private var isDone = false

    init(media: any MediaSide) {
        self.media = media
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        bytes += unwrapInboundIn(data).readableBytesView
        switch bytes.withUnsafeBytes({ StreamFraming.rfc4571.frame(in: $0) }) {
        case .incomplete: return
        case .malformed: break
        case .message: handOver(context)
        }
        isDone = true
        // The worker has a descriptor of its own of the same connection, which is not shut down by this.
        context.close(promise: nil)
    }

    private func handOver(_ context: ChannelHandlerContext) {
        let copied = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { fcntl($0, F_DUPFD_CLOEXEC, 0) }
        guard let copied, copied >= 0 else { return }
        media.accept(AcceptedStream(descriptor: copied, firstBytes: bytes))
    }
}
