import NIOCore
import NIOPosix
import Synchronization

/// A UDP relay in front of a server, which a test can shut: each client has a port of its own towards the server.
final class DatagramRelay: Sendable {
    private struct State {
        var isOpen = true
        var target: SocketAddress?
        var upstream: [SocketAddress: any Channel] = [:]
        var listener: (any Channel)?
    }

    private let state = Mutex(State())
    let port: UInt16

    init() async throws {
        let box = RelayBox()
        let listener = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.pipeline.addHandler(DatagramHandler { box.relay?.fromClient($0) })
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = UInt16(listener.localAddress?.port ?? 0)
        state.withLock { $0.listener = listener }
        box.relay = self
    }

    /// Where the server listens.
    func forward(to target: UInt16) {
        let address = try? SocketAddress(ipAddress: "127.0.0.1", port: Int(target))
        state.withLock { $0.target = address }
    }

    var isOpen: Bool {
        get { state.withLock(\.isOpen) }
        set { state.withLock { $0.isOpen = newValue } }
    }

    func stop() async throws {
        let channels = state.withLock { [$0.listener].compactMap(\.self) + Array($0.upstream.values) }
        for channel in channels { try await channel.close() }
    }

    private func fromClient(_ datagram: AddressedEnvelope<ByteBuffer>) {
        let (isOpen, target, known, listener) = state.withLock {
            ($0.isOpen, $0.target, $0.upstream[datagram.remoteAddress], $0.listener)
        }
        guard isOpen, let target, let listener else { return }
        let outgoing = AddressedEnvelope(remoteAddress: target, data: datagram.data)
        if let known {
            known.writeAndFlush(outgoing, promise: nil)
            return
        }
        let client = datagram.remoteAddress
        // The first datagram of a client is lost when two come at once: ICE sends its checks again.
        DatagramBootstrap(group: listener.eventLoop)
            .channelInitializer { [self] channel in
                channel.pipeline.addHandler(
                    DatagramHandler { [self] back in
                        guard self.isOpen else { return }
                        listener.writeAndFlush(AddressedEnvelope(remoteAddress: client, data: back.data), promise: nil)
                    })
            }
            .bind(host: "127.0.0.1", port: 0)
            .whenSuccess { [self] channel in
                state.withLock { $0.upstream[client] = channel }
                channel.writeAndFlush(outgoing, promise: nil)
            }
    }
}

/// Names the relay to its listener, which is there first.
private final class RelayBox: Sendable {
    private let held = Mutex<DatagramRelay?>(nil)

    var relay: DatagramRelay? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

private final class DatagramHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let take: @Sendable (AddressedEnvelope<ByteBuffer>) -> Void

    init(_ take: @escaping @Sendable (AddressedEnvelope<ByteBuffer>) -> Void) {
        self.take = take
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data))
    }
}
