import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay in front of a server, whose connections a test can cut.
final class SocketRelay: Sendable {
    private let listener: any Channel
    private let list: ConnectionList

    let port: UInt16

    init(to target: UInt16) async throws {
        let connections = ConnectionList()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inbound in
                guard connections.add(inbound) else {
                    return inbound.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
                }
                return ClientBootstrap(group: inbound.eventLoop)
                    .channelInitializer { outbound in
                        outbound.eventLoop.makeCompletedFuture {
                            _ = connections.add(outbound)
                            try outbound.pipeline.syncOperations.addHandler(RelayHandler(to: inbound))
                            try inbound.pipeline.syncOperations.addHandler(RelayHandler(to: outbound))
                        }
                    }
                    .connect(host: "127.0.0.1", port: Int(target))
                    .flatMap { _ in inbound.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = UInt16(listener.localAddress?.port ?? 0)
        list = connections
    }

    /// Cuts what is connected now, and every new connection until ``resume()``.
    func hold() {
        list.hold(true)
        cut()
    }

    /// Takes connections again.
    func resume() {
        list.hold(false)
    }

    /// Cuts what is connected now; new connections are taken.
    func cut() {
        for channel in list.takeAll() { channel.close(promise: nil) }
    }

    func stop() async throws {
        cut()
        try await listener.close()
    }
}

private final class ConnectionList: Sendable {
    private let channels = Mutex<[any Channel]>([])
    private let holding = Mutex(false)

    /// False while connections are held off.
    func add(_ channel: any Channel) -> Bool {
        if holding.withLock({ $0 }) { return false }
        channels.withLock { $0.append(channel) }
        return true
    }

    func hold(_ hold: Bool) { holding.withLock { $0 = hold } }

    func takeAll() -> [any Channel] {
        channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
    }
}

/// Writes to one channel what another reads, and closes it with it.
private final class RelayHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}
