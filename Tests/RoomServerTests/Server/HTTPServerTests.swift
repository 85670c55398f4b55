import RoomServer
import Testing

@Suite("The server's plain HTTP")
struct HTTPServerTests {
    private static func get(_ path: String, _ port: UInt16, headers: String = "") async throws -> String {
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
        return try #require(try await RawTestConnection.exchange(request, port: port))
    }

    @Test("liveness, readiness, metrics, and words for everything else")
    func pages() async throws {
        try await RoomServerRig.run { rig, port in
            _ = try await rig.login("user-with-a-name", room: "room-with-a-name")
            #expect(try await Self.get("/livez", port).hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try await Self.get("/readyz?x=1", port).hasPrefix("HTTP/1.1 200 OK\r\n"))
            let metrics = try await Self.get("/metrics", port)
            #expect(metrics.contains("\nzego_room_users 1\n"))
            #expect(metrics.contains("\nzego_room_logins_total 1\n"))
            #expect(metrics.contains("version=0.0.4"))
            #expect(!metrics.contains("with-a-name"))
            #expect(try await Self.get("/nothing", port).hasPrefix("HTTP/1.1 404 "))
            #expect(try await Self.get("/nothing", port).contains("/v1/signal"))
            #expect(try await Self.get("/v1/signal", port).hasPrefix("HTTP/1.1 426 "))
        }
    }

    @Test("a WebSocket without the subprotocol is told what is missing")
    func subprotocol() async throws {
        try await RoomServerRig.run { _, port in
            let headers = """
                Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r

                """
            let reply = try await Self.get("/v1/signal", port, headers: headers)
            #expect(reply.hasPrefix("HTTP/1.1 426 "))
            #expect(reply.contains("zego-room.v1"))
            #expect(try await Self.get("/other", port, headers: headers).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test(
        "what is no proper request",
        arguments: [
            ("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", ["413"]),
            ("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", ["405"]),
            ("garbage\r\n\r\n", ["400"]),
        ])
    func improper(request: String, statuses: [String]) async throws {
        try await RoomServerRig.run { _, port in
            let reply = try #require(try await RawTestConnection.exchange(request, port: port))
            #expect(statuses.contains { reply.hasPrefix("HTTP/1.1 \($0) ") }, "\(reply)")
        }
    }

    @Test("TLS where there is no certificate is refused with an alert; ICE-TCP, which nobody serves, is closed")
    func otherProtocols() async throws {
        try await RoomServerRig.run { _, port in
            let clientHello = "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{7c}\u{3}\u{3}"
            #expect(try await RawTestConnection.exchange(clientHello, port: port) == "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}(")
            let connection = try await RawTestConnection.connect(port: port)
            connection.send([0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 1, count: 12))
            #expect(try await connection.everything() == "")
        }
    }

    @Test("a head without end is cut off")
    func endlessHead() async throws {
        try await RoomServerRig.run { _, port in
            let connection = try await RawTestConnection.connect(port: port)
            connection.send(Array("GET / HTTP/1.1\r\nHost: x\r\nX: ".utf8) + [UInt8](repeating: 0x79, count: 200_000))
            let reply = try #require(try await connection.everything())
            #expect(reply.isEmpty || reply.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test(
        "a connection that says nothing, or half of something, is closed when its time is over",
        arguments: [[], Array("GET /livez HT".utf8), [0], [0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xA4]])
    func halfOpen(bytes: [UInt8]) async throws {
        try await RoomServerRig.run(limits: ConnectionLimits(unauthenticatedTimeoutMs: 200)) { _, port in
            let connection = try await RawTestConnection.connect(port: port)
            connection.send(bytes)
            #expect(try await connection.everything() == "")
        }
    }

    @Test("HEAD has no body")
    func head() async throws {
        try await RoomServerRig.run { _, port in
            let reply = try await RawTestConnection.exchange("HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
            #expect(reply?.hasSuffix("\r\n\r\n") ?? false)
        }
    }
}
