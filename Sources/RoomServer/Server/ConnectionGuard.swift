import NIOCore

/// Stands first in the pipeline and holds a connection to its limits: a stranger has ten seconds and 64 KiB, and whoever
/// does not read is closed before much is kept for him.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: ConnectionLimits
    private let address: String
    private let service: SignalingService

    private var isStranger = true
    private var receivedAsStranger = 0
    private var bodyAllowance = 0
    private var strangerDeadline: Scheduled<Void>?
    private var pendingBytes = 0
    private var sentBytes = 0
    private var stallCheck: Scheduled<Void>?

    init(limits: ConnectionLimits, address: String, service: SignalingService) {
        self.limits = limits
        self.address = address
        self.service = service
    }

    func handlerAdded(context: ChannelHandlerContext) {
        startAsStranger(context)
    }

    /// However the connection ended: the pipeline is taken apart once.
    func handlerRemoved(context: ChannelHandlerContext) {
        strangerDeadline?.cancel()
        stallCheck?.cancel()
        service.assumeIsolated { [address, isStranger] in $0.left(address, isStranger: isStranger) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isStranger {
            receivedAsStranger += unwrapInboundIn(data).readableBytes
            guard receivedAsStranger <= limits.unauthenticatedBytes + bodyAllowance else {
                context.close(promise: nil)
                return
            }
        }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is BodyAllowance {
            bodyAllowance = BodyAllowance.bytes
            promise?.succeed()
            return
        }
        guard let change = event as? AuthenticationChange else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if isStranger == change.isAuthenticated {
            service.assumeIsolated { [address] in $0.becameStranger(!change.isAuthenticated, address) }
            isStranger = !change.isAuthenticated
            if isStranger {
                startAsStranger(context)
            } else {
                strangerDeadline?.cancel()
                strangerDeadline = nil
            }
        }
        promise?.succeed()
    }

    private func startAsStranger(_ context: ChannelHandlerContext) {
        receivedAsStranger = 0
        strangerDeadline?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // From here and not from the end of the pipeline: TLS would wait for the other side's goodbye.
        strangerDeadline = context.eventLoop.scheduleTask(
            in: .milliseconds(Int64(limits.unauthenticatedTimeoutMs))
        ) { bound.value.close(promise: nil) }
    }

    // MARK: Sending

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = unwrapOutboundIn(data).readableBytes
        pendingBytes += count
        guard pendingBytes <= limits.outgoingBytes else {
            promise?.fail(ChannelError.outputClosed)
            context.close(promise: nil)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            bound.value.pendingBytes -= count
            bound.value.sentBytes &+= count
        }
        context.write(data, promise: written)
        if stallCheck == nil { checkForStall(context) }
    }

    /// Closes the connection when nothing was taken since the last check although something waits.
    private func checkForStall(_ context: ChannelHandlerContext) {
        let sentBefore = sentBytes
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        stallCheck = context.eventLoop.scheduleTask(in: .milliseconds(Int64(limits.stalledTimeoutMs))) {
            let (handler, context) = bound.value
            handler.stallCheck = nil
            guard handler.pendingBytes > 0 else { return }
            if handler.sentBytes == sentBefore {
                context.close(promise: nil)
            } else {
                handler.checkForStall(context)
            }
        }
    }
}
