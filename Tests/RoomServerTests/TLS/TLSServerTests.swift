import Certificates
import Logging
import NIOCore
import RoomServer
import Testing

@Suite("The port with a certificate")
struct TLSServerTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("page and liveness by https; http from this machine goes on")
    func serves() async throws {
        let folder = try CertificateFolder()
        let made = try folder.renew()
        try await RoomServerRig.run(certificateFiles: folder.files) { rig, port in
            let connection = try await RawTestConnection.connect(port: port, isSecure: true)
            #expect(connection.pin == made.certificate.pin)
            connection.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            #expect(try await connection.everything()?.hasSuffix("</html>\n") == true)
            for isSecure in [true, false] {
                let reply = try await RawTestConnection.exchange(Self.request, port: port, isSecure: isSecure)
                #expect(reply?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
            }
            #expect(rig.server.pageURL == "https://localhost:\(port)/")
        }
    }

    @Test("a WebSocket by https")
    func signaling() async throws {
        let folder = try CertificateFolder()
        try folder.renew()
        try await RoomServerRig.run(certificateFiles: folder.files) { _, port in
            let connection = try await RawTestConnection.connect(port: port, isSecure: true)
            connection.send(
                Array(
                    """
                    GET /v1/signal HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                    Sec-WebSocket-Protocol: zego-room.v1\r\n\r\n
                    """.utf8))
            var text = ""
            while !text.contains("challenge"), let next = try await connection.next(), !next.isEmpty { text += next }
            #expect(text.hasPrefix("HTTP/1.1 101 "))
            #expect(text.contains("challenge"))
        }
    }

    @Test("the Location of WHIP by https is an absolute URL of https")
    func whip() async throws {
        let folder = try CertificateFolder()
        try folder.renew()
        try await WHIPRig.run(certificateFiles: folder.files) { rig in
            let (token, path) = (try rig.token(), rig.publishPath("camera"))
            let reply = try await rig.send(
                "POST", path, token: token, type: "application/sdp", body: SampleOffer().text, isSecure: true)
            #expect(reply.status == 201)
            let location = try #require(reply["Location"])
            let base = "https://room.example:8790"
            #expect(location.hasPrefix(base + "/whip/sessions/"))
            let end = try await rig.send(
                "DELETE", String(location.dropFirst(base.count)), token: token, isSecure: true)
            #expect(end.status == 200 || end.status == 204)
        }
    }

    @Test("a large body by https is refused with words that arrive")
    func largeBody() async throws {
        let folder = try CertificateFolder()
        try folder.renew()
        try await WHIPRig.run(certificateFiles: folder.files) { rig in
            let body = String(repeating: "x", count: 200_000)
            let reply = try await rig.send(
                "POST", rig.publishPath("camera"), token: try rig.token(), type: "application/sdp", body: body,
                isSecure: true)
            #expect(reply.status == 413)
            _ = try reply.problem()
        }
    }

    @Test(
        "a handshake that does not end, and a request that does not, are closed when their time is over",
        arguments: [[0x16], [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]])
    func halfOpen(bytes: [UInt8]) async throws {
        let folder = try CertificateFolder()
        try folder.renew()
        let limits = ConnectionLimits(unauthenticatedTimeoutMs: 400)
        try await RoomServerRig.run(limits: limits, certificateFiles: folder.files) { rig, port in
            let connection = try await RawTestConnection.connect(port: port)
            connection.send(bytes)
            #expect(try await connection.everything() == "")
            let afterHandshake = try await RawTestConnection.connect(port: port, isSecure: true)
            afterHandshake.send(Array("GET /livez HT".utf8))
            #expect(try await afterHandshake.everything() == "")
        }
    }

    @Test("a client that never says goodbye does not hold up the stop")
    func stops() async throws {
        let folder = try CertificateFolder()
        try folder.renew()
        let clock = ContinuousClock()
        var began = clock.now
        try await RoomServerRig.run(certificateFiles: folder.files) { _, port in
            // Half a handshake: nobody will answer the server's own goodbye.
            let connection = try await RawTestConnection.connect(port: port)
            connection.send([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])
            let whole = try await RawTestConnection.connect(port: port, isSecure: true)
            whole.send(Array("GET /livez HT".utf8))
            began = clock.now
        }
        #expect(clock.now - began < .seconds(8))
    }

    @Test("a certificate opens the server to other machines; a wrong one stops the start")
    func opens() async throws {
        let folder = try CertificateFolder()
        let error = await #expect(throws: RoomServerError.self) {
            try await RoomServerRig.run(certificateFiles: folder.files, listen: "0.0.0.0") { _, _ in }
        }
        #expect("\(try #require(error))".contains("server.tls_certificate"))
        try folder.renew(names: [.dns("rooms.example"), .dns("localhost")])
        try await RoomServerRig.run(certificateFiles: folder.files, listen: "0.0.0.0") { rig, port in
            // The machine's own name is not in it: a link has to lead to one that is.
            #expect(rig.server.pageURL == "https://rooms.example:\(port)/")
            // A reload of a configuration without one, and with another address, is not to leave it open in clear.
            let isTaken = try rig.server.use(nil)
            #expect(!isTaken)
            #expect(rig.server.certificate != nil)
        }
        await #expect(throws: RoomServerError.openWithoutTLS(listen: "0.0.0.0")) {
            try await RoomServerRig.run(listen: "0.0.0.0") { _, _ in }
        }
    }

    @Test("a renewal: who is connected stays, the next one sees the new certificate, a bad one changes nothing")
    func renewal() async throws {
        let folder = try CertificateFolder()
        let first = try folder.renew()
        try await RoomServerRig.run(certificateFiles: folder.files) { rig, port in
            let old = try await RawTestConnection.connect(port: port, isSecure: true)
            #expect(old.pin == first.certificate.pin)
            let second = try folder.renew()
            try rig.server.use(folder.files)
            #expect(rig.server.certificate == second.certificate)
            let new = try await RawTestConnection.connect(port: port, isSecure: true)
            #expect(new.pin == second.certificate.pin)

            try folder.write(first.pem, second.key.pem)
            #expect(throws: RoomServerError.self) { try rig.server.use(folder.files) }
            #expect(rig.server.certificate == second.certificate)
            let third = try await RawTestConnection.connect(port: port, isSecure: true)
            #expect(third.pin == second.certificate.pin)

            try rig.server.use(nil)
            #expect(rig.server.pageURL == "http://127.0.0.1:\(port)/")
            for connection in [old, new, third] {
                connection.send(Array(Self.request.utf8))
                #expect(try await connection.everything()?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
            }
        }
    }

    @Test("files are taken when they have changed and stay so; what is bad is told once")
    func looks() throws {
        let folder = try CertificateFolder()
        let first = try folder.renew()
        let log = RecordedLog()
        let tls = ServerTLS(logger: log.logger)
        try tls.use(folder.files)
        tls.look()
        #expect(tls.certificate == first.certificate)
        let second = try folder.renew()
        tls.look()
        #expect(tls.certificate == first.certificate, "they may not be complete yet")
        tls.look()
        #expect(tls.certificate == second.certificate)

        try folder.write(first.pem, second.key.pem)
        for _ in 0..<5 { tls.look() }
        #expect(tls.certificate == second.certificate)
        #expect(log.lines(containing: "is not used").count == 1, "\(log.lines)")
        #expect(log.lines(containing: "that of another").count == 1)
        let third = try folder.renew()
        tls.look()
        tls.look()
        #expect(tls.certificate == third.certificate)
        #expect(log.lines(containing: "was renewed").count == 2)
        for made in [first, second, third] {
            let secret = String(decoding: made.key.pem, as: UTF8.self).split(separator: "\n")[1]
            #expect(!log.lines.contains { $0.contains(secret) })
        }
    }
}
