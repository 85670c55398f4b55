import NIOCore
import NIOPosix
import Synchronization
import Testing
import VoiceEngine

/// The HTTP client against a server that writes what a script says, byte for byte.
@Suite(.timeLimit(.minutes(1))) struct EndpointClientTests {
    private static func request(
        _ port: Int, seconds: Double = 5, method: EndpointRequest.Method = .post, path: String = "/whip?key=hidden"
    ) throws -> EndpointRequest {
        EndpointRequest(
            number: 1, method: method, url: try HTTPURL("http://127.0.0.1:\(port)\(path)"),
            headers: [("Authorization", "Bearer secret-token"), ("Content-Type", "application/sdp")], body: "v=0",
            timeout: Int64(seconds * 1e9))
    }

    @Test func aWholeExchange() async throws {
        let server = try await RawServer(
            "HTTP/1.1 201 Created\r\nLocation: /s/1\r\nETag: \"a\"\r\nContent-Length: 3\r\n\r\nv=0")
        let client = EndpointClient(userAgent: "zegod/test")
        let response = try await client.send(Self.request(server.port))
        #expect(response.status == 201 && response.body == "v=0" && response.entityTag == "\"a\"")
        #expect(response.header("location") == "/s/1")
        let received = server.received
        #expect(received.hasPrefix("POST /whip?key=hidden HTTP/1.1\r\n") && received.hasSuffix("\r\n\r\nv=0"))
        #expect(received.contains("User-Agent: zegod/test\r\n"))
        await client.shutdown()
        try await server.stop()
    }

    @Test func redirectsAreLeftToTheSession() async throws {
        let server = try await RawServer("HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
        let client = EndpointClient(userAgent: "zegod/test")
        #expect(try await client.send(Self.request(server.port)).status == 307)
        await client.shutdown()
        try await server.stop()
    }

    @Test func aBodyIsTakenUpToABound() async throws {
        let body = String(repeating: "a", count: 100_000)
        for (status, taken) in [(201, 65_536), (404, 4096)] {
            let server = try await RawServer("HTTP/1.1 \(status) X\r\nContent-Length: 100000\r\n\r\n\(body)")
            let client = EndpointClient(userAgent: "zegod/test")
            let response = try await client.send(Self.request(server.port))
            #expect(response.body.utf8.count == taken && response.isTruncated)
            await client.shutdown()
            try await server.stop()
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 201 Created\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nv=0", "HTTP/1.1 20",
    ])
    func whoIsSlowIsNotWaitedFor(_ text: String) async throws {
        let server = try await RawServer(text)
        let client = EndpointClient(userAgent: "zegod/test")
        await #expect(throws: EndpointFailure(reason: "no answer within 1 s")) {
            try await client.send(Self.request(server.port, seconds: 1))
        }
        await client.shutdown()
        try await server.stop()
    }

    @Test func whatGoesWrongIsSaidWithoutTheURL() async throws {
        let client = EndpointClient(userAgent: "zegod/test")
        let gone = try await RawServer("")
        let port = gone.port
        try await gone.stop()
        let lost = try Self.request(port)
        do throws(EndpointFailure) {
            _ = try await client.send(lost)
            Issue.record("nobody is there")
        } catch {
            #expect(error.isRefused && error.reason.contains("Connection refused") && !error.reason.contains("hidden"))
        }
        for text in ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"] {
            let server = try await RawServer(text, closes: true)
            let request = try Self.request(server.port)
            do throws(EndpointFailure) {
                _ = try await client.send(request)
                Issue.record("that is no HTTP")
            } catch {
                #expect(!error.isRefused && !error.reason.contains("hidden") && !error.reason.contains("secret"))
            }
            try await server.stop()
        }
        await client.shutdown()
        await #expect(throws: EndpointFailure.self) { try await client.send(Self.request(port)) }
    }
}

/// Answers every connection with one text once something has come, whatever it is.
private final class RawServer: Sendable {
    private let channel: any Channel
    private let bytes: ReceivedBytes
    let port: Int

    var received: String { bytes.text.withLock { $0 } }

    init(_ text: String, closes: Bool = false) async throws {
        let bytes = ReceivedBytes()
        self.bytes = bytes
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(RawHandler(text: text, closes: closes, bytes: bytes))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }
}

private final class ReceivedBytes: Sendable {
    let text = Mutex("")
}

private final class RawHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let text: String
    private let closes: Bool
    private let bytes: ReceivedBytes

    init(text: String, closes: Bool, bytes: ReceivedBytes) {
        self.text = text
        self.closes = closes
        self.bytes = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let received = String(buffer: unwrapInboundIn(data))
        let whole = bytes.text.withLock { text in
            text += received
            return text
        }
        guard whole.contains("\r\n\r\n"), whole.hasSuffix("v=0") else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        if closes { context.close(promise: nil) }
    }
}
