import Glibc
import Logging
import MediaIO
import RoomServer
import Testing
import Transport
import WebRTC

/// ICE-TCP connections that are nobody's, or break the framing, end.
struct AcceptedStreamTests {
    private struct Failed: Error {}

    /// Two ends of a TCP connection.
    private static func pair() throws -> (server: Int32, client: Int32) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        // A sockaddr_in: the family, the port, 127.0.0.1.
        var name = [UInt8](repeating: 0, count: 16)
        name[0] = UInt8(AF_INET)
        name[4] = 127
        name[7] = 1
        var length = socklen_t(name.count)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let code = name.withUnsafeMutableBytes { bytes in
            let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(listener, name, length) + listen(listener, 1) + getsockname(listener, name, &length)
                + Glibc.connect(client, name, length)
        }
        let server = accept(listener, nil, nil)
        guard code == 0, server >= 0 else { throw Failed() }
        return (server, client)
    }

    /// A frame with a binding request for a ufrag.
    private static func check(_ ufrag: String) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: STUNWriter.maximumLength)
        let length = buffer.withUnsafeMutableBytes { bytes in
            var writer = STUNWriter(bytes, .request, STUNTransactionID(high: 1, low: 1))
            writer.addUsername(Array("\(ufrag):remote".utf8))
            writer.addIntegrity(STUNKey(password: "whatever-it-may-be-here"))
            writer.addFingerprint()
            return writer.length
        }
        return [UInt8(length >> 8), UInt8(length & 255)] + buffer[..<length]
    }

    /// Whether the server closes the connection, and after how many milliseconds.
    private static func closes(_ client: Int32) async throws -> Double? {
        let start = MonotonicTime.now()
        var request = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
        // A thread that is blocked here may be the one that the server's answer needs.
        while poll(&request, 1, 0) == 0 {
            guard MonotonicTime.now().milliseconds(since: start) < 10_000 else { return nil }
            try await Task.sleep(for: .milliseconds(2))
        }
        var byte: UInt8 = 0
        guard read(client, &byte, 1) <= 0 else { return nil }
        return MonotonicTime.now().milliseconds(since: start)
    }

    private static func run(timeout: Int64 = 10_000, _ test: (Forwarder) async throws -> Void) async throws {
        var configuration = ForwarderConfiguration(
            listenAddresses: [try #require(TransportAddress(host: "127.0.0.1", port: 0))], port: 0,
            acceptsStreams: true, workers: 2, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        configuration.strangerTimeoutMilliseconds = timeout
        let forwarder = try Forwarder(configuration: configuration)
        try await forwarder.start()
        do {
            try await test(forwarder)
        } catch {
            await forwarder.stop()
            throw error
        }
        await forwarder.stop()
    }

    @Test("a check for no worker is closed at once", arguments: ["zz12345678", "3f12345678", "0", "ff"])
    func noWorker(_ ufrag: String) async throws {
        try await Self.run { forwarder in
            let (server, client) = try Self.pair()
            defer { close(client) }
            forwarder.accept(AcceptedStream(descriptor: server, firstBytes: Self.check(ufrag)))
            #expect(try await Self.closes(client) != nil)
        }
    }

    @Test("a check for no session is closed when its time is over, however busy it is")
    func noSession() async throws {
        try await Self.run(timeout: 300) { forwarder in
            let (server, client) = try Self.pair()
            defer { close(client) }
            let check = Self.check("0112345678")
            forwarder.accept(AcceptedStream(descriptor: server, firstBytes: check))
            for _ in 0..<20 { _ = write(client, check, check.count) }
            let elapsed = try #require(try await Self.closes(client))
            #expect(elapsed > 200)
        }
    }

    @Test("a frame longer than any datagram ends the connection")
    func oversized() async throws {
        try await Self.run { forwarder in
            let (server, client) = try Self.pair()
            defer { close(client) }
            forwarder.accept(
                AcceptedStream(descriptor: server, firstBytes: Self.check("0012345678") + [0xFF, 0xFF, 0]))
            #expect(try await Self.closes(client) != nil)
            let (later, other) = try Self.pair()
            defer { close(other) }
            forwarder.accept(AcceptedStream(descriptor: later, firstBytes: Self.check("0012345678")))
            let garbage = [UInt8](repeating: 0xEE, count: 4000)
            #expect(write(other, garbage, garbage.count) == garbage.count)
            #expect(try await Self.closes(other) != nil)
        }
    }

    @Test("a forwarder without ICE-TCP takes no connection")
    func notAccepted() async throws {
        let forwarder = try Forwarder(
            configuration: ForwarderConfiguration(
                listenAddresses: [try #require(TransportAddress(host: "127.0.0.1", port: 0))], port: 0, workers: 1,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await forwarder.start()
        let (server, client) = try Self.pair()
        defer { close(client) }
        forwarder.accept(AcceptedStream(descriptor: server, firstBytes: Self.check("0012345678")))
        #expect(try await Self.closes(client) != nil)
        await forwarder.stop()
    }
}
