import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

/// A receiver of webhooks: keeps what it is sent, and answers what it is told to.
final class WebhookReceiver: Sendable {
    private struct State {
        var bodies: [JSONValue] = []
        var answers: [HTTPResponseStatus] = []
        var answersNothing = false
    }

    private let state = Mutex(State())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel = Mutex<(any Channel)?>(nil)

    init() async throws {
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = listener }
    }

    var url: String { "http://127.0.0.1:\(channel.withLock { $0?.localAddress?.port ?? 0 })/hooks" }

    /// The bodies that came, refused ones too.
    var bodies: [JSONValue] { state.withLock(\.bodies) }

    /// The next requests are answered so, the ones after them with 200.
    func answer(_ statuses: [HTTPResponseStatus]) { state.withLock { $0.answers = statuses } }

    /// Requests are taken and never answered.
    func stopAnswering() { state.withLock { $0.answersNothing = true } }

    /// Waits for what a test expects of the bodies.
    func wait(seconds: Double = 10, for isEnough: ([JSONValue]) -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(seconds))
        while !isEnough(bodies) {
            guard clock.now < deadline else {
                Issue.record("webhooks: \(bodies)")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func stop() async throws {
        try await channel.withLock { $0 }?.close()
        try await group.shutdownGracefully()
    }

    private func take(_ body: [UInt8]) -> HTTPResponseStatus? {
        state.withLock { state in
            if let json = try? JSONValue(parsing: body) { state.bodies.append(json) }
            if state.answersNothing { return nil }
            return state.answers.isEmpty ? .ok : state.answers.removeFirst()
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let receiver: WebhookReceiver
        private var body: [UInt8] = []

        init(_ receiver: WebhookReceiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: body = []
            case .body(let buffer): body += buffer.readableBytesView
            case .end:
                guard let status = receiver.take(body) else { return }
                let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
