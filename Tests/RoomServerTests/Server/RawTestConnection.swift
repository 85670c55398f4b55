import NIOCore
import NIOPosix

/// A plain TCP connection that sends bytes as they are.
final class RawTestConnection: Sendable {
    private let channel: any Channel
    private let inbox: TestInbox<[UInt8]>

    private init(channel: any Channel, inbox: TestInbox<[UInt8]>) {
        self.channel = channel
        self.inbox = inbox
    }

    static func connect(port: UInt16) async throws -> RawTestConnection {
        let inbox = TestInbox<[UInt8]>()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(inbox: inbox))
                }
            }
            .connect(host: "127.0.0.1", port: Int(port)).get()
        return RawTestConnection(channel: channel, inbox: inbox)
    }

    /// One HTTP exchange on a connection of its own.
    static func exchange(_ request: String, port: UInt16) async throws -> String? {
        let connection = try await connect(port: port)
        connection.send(Array(request.utf8))
        return try await connection.everything()
    }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    /// The next bytes as they come.
    func next() async throws -> String? {
        try await inbox.next().map { String(decoding: $0, as: UTF8.self) }
    }

    /// All bytes until the server closes; nil when it does not.
    func everything() async throws -> String? {
        var all: [UInt8] = []
        while let bytes = try await inbox.next() {
            if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += bytes
        }
        return nil
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let inbox: TestInbox<[UInt8]>

        init(inbox: TestInbox<[UInt8]>) {
            self.inbox = inbox
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            inbox.put(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) {
            inbox.put([])
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
