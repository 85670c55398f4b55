import Certificates
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import RoomModel
import Transport

/// One WebSocket to a room server. Made, used and closed on one event loop.
final class SignalingConnection: Sendable {
    /// What a connection tells its owner, on the event loop.
    enum Event: Sendable {
        /// A text frame came.
        case text([UInt8])
        /// It is over; comes once, and last.
        case closed
    }

    /// How long TCP, and after it TLS and HTTP, may take.
    static let openTimeout = TimeAmount.seconds(5)

    private let channel: any Channel
    /// Whether the server was reached over the loopback interface.
    let reachesLoopback: Bool

    private init(channel: any Channel) {
        self.channel = channel
        let host = channel.remoteAddress?.ipAddress ?? ""
        reachesLoopback = TransportAddress(host: host, port: 0)?.isLoopback ?? false
    }

    /// Connects and upgrades. Throws ``SignalingFailure/unreachable(_:)`` or ``SignalingFailure/untrusted(_:)``.
    static func open(
        _ endpoint: SignalingEndpoint, trust: ServerTrust, on eventLoop: any EventLoop,
        events: @escaping @Sendable (Event) -> Void
    ) async throws -> SignalingConnection {
        let tls = endpoint.isSecure ? ClientTLS(endpoint, trust: trust) : nil
        do {
            let upgrade = try await ClientBootstrap(group: eventLoop)
                .connectTimeout(openTimeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: endpoint.host, port: endpoint.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try tls?.addHandlers(to: channel)
                        return try configure(channel, endpoint, events)
                    }
                }
            return SignalingConnection(channel: try await upgrade.get())
        } catch {
            // Why there is no TLS says more than what follows from it.
            if let failure = tls?.failure { throw failure }
            throw error as? SignalingFailure ?? .unreachable("\(endpoint.authority): \(error)")
        }
    }

    private static func configure(
        _ channel: any Channel, _ endpoint: SignalingEndpoint, _ events: @escaping @Sendable (Event) -> Void
    ) throws -> EventLoopFuture<any Channel> {
        let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(
            maxFrameSize: SignalingProtocol.maximumFrameBytes
        ) { channel, response in
            channel.eventLoop.makeCompletedFuture {
                guard response.headers.first(name: "Sec-WebSocket-Protocol") == SignalingProtocol.subprotocol else {
                    throw SignalingFailure.unreachable("\(endpoint.authority) is not a room server")
                }
                try channel.pipeline.syncOperations.addHandlers([
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 64,
                        maxAccumulatedFrameSize: SignalingProtocol.maximumFrameBytes),
                    SignalingFrameHandler(events: events),
                ])
                return channel
            }
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: SignalingProtocol.path,
            headers: [
                "Host": endpoint.authority, "Content-Length": "0",
                "Sec-WebSocket-Protocol": SignalingProtocol.subprotocol,
            ])
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: head, upgraders: [upgrader]
            ) { channel in
                channel.close(promise: nil)
                let advice = endpoint.isSecure ? "" : "; if it has a certificate it is reached by wss://, not ws://"
                return channel.eventLoop.makeFailedFuture(
                    SignalingFailure.unreachable("\(endpoint.authority) refused the WebSocket\(advice)"))
            })
        // The server greets at once: its first frame may come in one segment with the HTTP response.
        pipeline.leftOverBytesStrategy = .forwardBytes
        let upgraded = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: pipeline)
        // A server that accepts and then says nothing would hold the attempt for ever.
        let timeout = channel.eventLoop.scheduleTask(in: openTimeout) { channel.close(promise: nil) }
        upgraded.whenComplete { _ in timeout.cancel() }
        return upgraded
    }

    /// Sends a text frame; one that cannot be sent any more is lost with the connection.
    func send(_ text: String) {
        let frame = WebSocketFrame(
            fin: true, opcode: .text, maskKey: .random(), data: channel.allocator.buffer(string: text))
        channel.writeAndFlush(frame, promise: nil)
    }

    /// Says goodbye and closes once that is written; the future ends when it is closed.
    @discardableResult
    func close() -> EventLoopFuture<Void> {
        var data = channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: .normalClosure)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
        let channel = channel
        channel.writeAndFlush(frame).whenComplete { _ in channel.close(promise: nil) }
        return channel.closeFuture
    }

    /// Closes without a word: the other side is not there any more.
    func abort() {
        channel.close(promise: nil)
    }
}
