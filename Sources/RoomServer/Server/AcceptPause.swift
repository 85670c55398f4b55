import Glibc
import NIOCore

/// Stops accepting for a while when the process has no file descriptor for a new connection. NIO's own back-off handler
/// leaves the listening socket watched when the first accept of a turn fails, so that its event loop spins until somebody
/// lets go of a descriptor; with reading switched off it sleeps.
package final class AcceptPause: ChannelInboundHandler {
    package typealias InboundIn = Channel
    package typealias InboundOut = Channel

    private static let pause = TimeAmount.milliseconds(500)
    private var isPausing = false

    package init() {}

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) else {
            return context.fireErrorCaught(error)
        }
        guard !isPausing else { return }
        isPausing = true
        let channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        setReading(channel, false)
        context.eventLoop.scheduleTask(in: Self.pause) {
            bound.value.isPausing = false
            bound.value.setReading(channel, true)
        }
    }

    private func setReading(_ channel: any Channel, _ isOn: Bool) {
        // A channel that has been closed meanwhile takes no option any more.
        try? channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
