import NIOCore
import NIOPosix
import Synchronization
import Transport

/// A UDP relay in front of a server, which a test can shut or let lose media: each client has a port of its own towards the
/// server.
final class DatagramRelay: Sendable {
    private struct State {
        var isOpen = true
        var target: SocketAddress?
        var upstream: [SocketAddress: any Channel] = [:]
        var listener: (any Channel)?
        var loss: Loss?
        var random = RandomSource.seeded(7)
        /// A run of losses is under way, by the direction.
        var isLosing = [false, false]
        var media = Media()
        var lineRate: Double?
        /// When the line to a client has sent what waits before it, and how long the last packet of media waits there, ns.
        var busyUntil: [SocketAddress: Int64] = [:]
        var queue: Int64 = 0
    }

    /// RTP packets that are lost on their way, in runs.
    struct Loss: Sendable {
        /// Of the packets to the server, and of those to its clients.
        var toServer = 0.0
        var toClients = 0.0
        var meanRun = 1.0
    }

    /// RTP packets towards the server that came here, and those among them that were lost.
    struct Media: Sendable {
        var packets = 0
        var lost = 0
        var bytes = 0
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

    var loss: Loss? {
        get { state.withLock(\.loss) }
        set { state.withLock { $0.loss = newValue } }
    }

    var media: Media { state.withLock(\.media) }

    /// Bits per second, headers counted, of each client's line from the server; nil: no end of them.
    var lineRate: Double? {
        get { state.withLock(\.lineRate) }
        set { state.withLock { $0.lineRate = newValue } }
    }

    /// Milliseconds that the last packet of media waits before its line.
    var queue: Double { Double(state.withLock(\.queue)) / 1e6 }

    /// When a datagram has come over a client's line; nil: two seconds wait already, and it is dropped.
    private func arrival(of datagram: ByteBuffer, at client: SocketAddress) -> NIODeadline? {
        state.withLock { state in
            let now = NIODeadline.now()
            guard let rate = state.lineRate else { return now }
            let wait = max((state.busyUntil[client] ?? 0) - Int64(now.uptimeNanoseconds), 0)
            guard wait < 2_000_000_000 else { return nil }
            let sending = Int64(Double(datagram.readableBytes + 28) * 8e9 / rate)
            state.busyUntil[client] = Int64(now.uptimeNanoseconds) + wait + sending
            if datagram.readableBytes > 100 { state.queue = wait }
            return now + .nanoseconds(wait + sending)
        }
    }

    /// Whether a datagram is lost; RTP only, so that a call is made and its reports arrive.
    private func loses(_ datagram: ByteBuffer, toServer: Bool) -> Bool {
        let bytes = datagram.readableBytesView.prefix(2)
        guard bytes.count == 2, let first = bytes.first, let second = bytes.last, (128..<192).contains(first),
            !(192..<224).contains(second)
        else { return false }
        return state.withLock { state in
            guard let loss = state.loss else { return false }
            let share = toServer ? loss.toServer : loss.toClients
            let draw = Double.random(in: 0..<1, using: &state.random)
            let place = toServer ? 0 : 1
            // Two states (Gilbert): a run ends with 1/mean, and begins so often that the share comes out.
            state.isLosing[place] =
                state.isLosing[place]
                ? draw >= 1 / loss.meanRun : share > 0 && draw < share / loss.meanRun / (1 - share)
            let isLost = share > 0 && (loss.meanRun > 1 ? state.isLosing[place] : draw < share)
            guard toServer else { return isLost }
            state.media.packets += 1
            state.media.bytes += datagram.readableBytes
            if isLost { state.media.lost += 1 }
            return isLost
        }
    }

    func stop() async throws {
        let channels = state.withLock { [$0.listener].compactMap(\.self) + Array($0.upstream.values) }
        for channel in channels { try await channel.close() }
    }

    private func fromClient(_ datagram: AddressedEnvelope<ByteBuffer>) {
        let (isOpen, target, known, listener) = state.withLock {
            ($0.isOpen, $0.target, $0.upstream[datagram.remoteAddress], $0.listener)
        }
        guard isOpen, let target, let listener, !loses(datagram.data, toServer: true) else { return }
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
                        guard self.isOpen, !self.loses(back.data, toServer: false),
                            let arrival = self.arrival(of: back.data, at: client)
                        else { return }
                        let envelope = AddressedEnvelope(remoteAddress: client, data: back.data)
                        guard arrival > .now() else { return listener.writeAndFlush(envelope, promise: nil) }
                        listener.eventLoop.scheduleTask(deadline: arrival) {
                            listener.writeAndFlush(envelope, promise: nil)
                        }
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
