import Certificates
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A plain TCP connection, or one of TLS, that sends bytes as they are.
final class RawTestConnection: Sendable {
    private let channel: any Channel
    private let inbox: TestInbox<[UInt8]>

    /// The certificate that the server has shown; nil without TLS.
    let pin: CertificatePin?

    private init(channel: any Channel, inbox: TestInbox<[UInt8]>, pin: CertificatePin?) {
        self.channel = channel
        self.inbox = inbox
        self.pin = pin
    }

    static func connect(port: UInt16, isSecure: Bool = false) async throws -> RawTestConnection {
        let inbox = TestInbox<[UInt8]>()
        let shown = TestInbox<CertificatePin>()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure { try addTLS(channel, shown) }
                    try channel.pipeline.syncOperations.addHandler(Receiver(inbox: inbox))
                }
            }
            .connect(host: "127.0.0.1", port: Int(port)).get()
        let pin = isSecure ? try await shown.next() : nil
        try #require(isSecure == (pin != nil), "no handshake")
        return RawTestConnection(channel: channel, inbox: inbox, pin: pin)
    }

    private static func addTLS(_ channel: any Channel, _ shown: TestInbox<CertificatePin>) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        let handler = try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: configuration), serverHostname: nil
        ) { chain, verdict in
            if let der = try? chain[0].toDERBytes(), let certificate = Certificate(der: der) {
                shown.put(certificate.pin)
            }
            verdict.succeed(.certificateVerified)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// One HTTP exchange on a connection of its own.
    static func exchange(_ request: String, port: UInt16, isSecure: Bool = false) async throws -> String? {
        let connection = try await connect(port: port, isSecure: isSecure)
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
