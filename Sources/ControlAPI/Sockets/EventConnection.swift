import Logging
import NIOCore

/// One reader of the event socket: a snapshot line, then every event; what it writes is ignored.
///
/// Confined to its event loop.
final class EventConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let status: DaemonStatus
    private let limits: LineConnectionLimits
    private let credentials: PeerCredentials?
    private let logger: Logger
    private let began: (ObjectIdentifier, ConnectionHandle) -> Void
    private let ended: (ObjectIdentifier) -> Void

    private var context: ChannelHandlerContext?
    private var writer: OutboundWriter?
    private var bookmarks: BookmarkTimer?
    private var subscription: EventSubscription?
    private var isDraining = false
    private var isClosing = false

    init(
        status: DaemonStatus, limits: LineConnectionLimits, credentials: PeerCredentials?, logger: Logger,
        began: @escaping (ObjectIdentifier, ConnectionHandle) -> Void, ended: @escaping (ObjectIdentifier) -> Void
    ) {
        self.status = status
        self.limits = limits
        self.credentials = credentials
        self.logger = logger
        self.began = began
        self.ended = ended
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        writer = OutboundWriter(context: context, stall: limits.stall) {
            self.drain()
        } stalled: {
            self.stalled()
        }
        bookmarks = BookmarkTimer(eventLoop: eventLoop, silence: limits.silence) { self.writeBookmark() }
        let wake: @Sendable () -> Void = { eventLoop.execute { bound.value.drain() } }
        var options = SubscriptionOptions(style: .object)
        options.startsWithSnapshotLine = true
        subscription =
            status.log.subscribe(options, wantsSnapshot: false, source: status.source, wake: wake).subscription
        began(
            ObjectIdentifier(self),
            ConnectionHandle(
                credentials: credentials, wake: wake, refuse: {},
                close: { eventLoop.execute { bound.value.closeWhenWritten() } }))
        bookmarks?.start()
        drain()
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Input is read only to see its end; the reader may close its side and go on listening.
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { return }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        subscription?.cancel()
        writer?.close()
        bookmarks?.stop()
        ended(ObjectIdentifier(self))
        subscription = nil
        writer = nil
        bookmarks = nil
        self.context = nil
    }

    private func drain() {
        guard let writer, let subscription, !isDraining else { return }
        isDraining = true
        while writer.canWrite, let lines = subscription.nextLines() {
            writer.write(lines)
            bookmarks?.lineWritten()
        }
        isDraining = false
        if isClosing, writer.outstanding == 0 { context?.close(promise: nil) }
    }

    private func writeBookmark() {
        guard let line = subscription?.bookmarkLine(), writer?.canWrite == true else { return }
        writer?.write(line)
    }

    private func closeWhenWritten() {
        guard !isClosing else { return }
        isClosing = true
        drain()
    }

    private func stalled() {
        logger.warning(
            "a reader of the event socket took nothing for \(limits.stall.nanoseconds / 1_000_000_000) s; disconnected",
            metadata: ["peer": "\(credentials.map { "pid \($0.processID) uid \($0.userID)" } ?? "unknown")"])
        context?.close(promise: nil)
    }
}
