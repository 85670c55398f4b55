import NIOCore
import NIOEmbedded
import RoomServer
import Testing

@Suite("What a connection speaks, by its first bytes")
struct ConnectionProtocolTests {
    /// A frame (RFC 4571) with a binding request of a full connectivity check's size.
    private static let binding: [UInt8] =
        [0, 96, 0, 1, 0, 76, 0x21, 0x12, 0xA4, 0x42] + (0..<88).map { UInt8($0) }
    private static let clientHello: [UInt8] =
        [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 64)

    static let samples: [(bytes: [UInt8], protocol: ConnectionProtocol, decisive: Int)] = [
        (clientHello, .tls, 1),
        (binding, .iceTCP, 10),
        // The shortest STUN message.
        ([0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], .iceTCP, 10),
        (Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), .http, 1),
        (Array("OPTIONS /whip/1/room/stream HTTP/1.1\r\n\r\n".utf8), .http, 1),
        (Array("garbage\r\n\r\n".utf8), .http, 1),
        // Frames that hold no STUN message: too short, too long, a wrong type, length or cookie; and RTP.
        ([0, 19, 0, 1], .http, 2),
        ([8, 0, 0, 1], .http, 1),
        ([0, 96, 0x40, 1], .http, 3),
        ([0, 96, 0, 1, 0, 75], .http, 6),
        ([0, 96, 0, 1, 0, 72], .http, 6),
        ([0, 96, 0, 1, 0, 76, 0x21, 0x13], .http, 8),
        ([0, 96, 0, 1, 0, 76, 0x21, 0x12, 0xA4, 0x43], .http, 10),
        ([0, 172, 0x80, 111, 0, 1], .http, 3),
        ([0xFF, 0xFF, 0xFF], .http, 1),
    ]

    @Test("is known as soon as it can be, and stays so", arguments: samples)
    func decides(bytes: [UInt8], spoken: ConnectionProtocol, decisive: Int) {
        #expect(ConnectionProtocol(firstBytes: []) == nil)
        for count in 1...bytes.count {
            let expected = count < decisive ? nil : spoken
            #expect(ConnectionProtocol(firstBytes: bytes.prefix(count)) == expected, "\(count) bytes of \(bytes)")
        }
    }

    /// Keeps what comes to the end of the pipeline.
    private final class Sink: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private(set) var bytes: [UInt8] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
        }
    }

    @Test("the handlers of the protocol get every byte once, however the bytes come", arguments: samples)
    func handsOver(bytes: [UInt8], spoken: ConnectionProtocol, decisive: Int) throws {
        for first in 1...bytes.count {
            for second in first...bytes.count {
                let channel = EmbeddedChannel()
                let sink = Sink()
                var told: [ConnectionProtocol] = []
                try channel.pipeline.syncOperations.addHandler(
                    FirstBytesHandler { spoken, channel, firstBytes in
                        told.append(spoken)
                        #expect(bytes.starts(with: firstBytes.readableBytesView))
                        try channel.pipeline.syncOperations.addHandler(sink)
                    })
                for part in [bytes[..<first], bytes[first..<second], bytes[second...]] where !part.isEmpty {
                    try channel.writeInbound(ByteBuffer(bytes: part))
                }
                #expect(told == [spoken])
                #expect(sink.bytes == bytes)
                #expect(throws: (any Error).self, "it has left the pipeline") {
                    try channel.pipeline.syncOperations.handler(type: FirstBytesHandler.self)
                }
                _ = try? channel.finish()
            }
        }
    }

    @Test("a connection that nobody takes over is closed")
    func refuses() throws {
        struct Refused: Error {}
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(FirstBytesHandler { _, _, _ in throw Refused() })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(ByteBuffer(bytes: Self.clientHello))
        #expect(!channel.isActive)
    }
}
