import JSONRPC
import Logging
import RoomModel
import RoomServer
import Testing
import Transport

/// Every row about the requests as such: methods, media types, authorization, sizes, CORS, problem documents.
@Suite("WHIP and WHEP: requests")
struct WHIPRequestTests {
    private static let sdp = "application/sdp"
    private static let fragment =
        "a=ice-ufrag:newU\r\na=ice-pwd:0123456789abcdef012345\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"

    @Test("OPTIONS: CORS and Accept-Post, without a token and without Link")
    func options() async throws {
        try await WHIPRig.run { rig in
            for path in [rig.publishPath("a"), rig.playPath("a")] {
                let reply = try await rig.send(
                    "OPTIONS", path,
                    headers: [("Origin", "https://other.example"), ("Access-Control-Request-Method", "POST")])
                #expect(reply.status == 204 && reply.body.isEmpty)
                #expect(reply["Accept-Post"] == Self.sdp)
                #expect(reply["Access-Control-Allow-Methods"]?.contains("POST") ?? false)
                for name in ["Authorization", "Content-Type", "If-Match"] {
                    #expect(reply["Access-Control-Allow-Headers"]?.contains(name) ?? false)
                }
                #expect(reply["Link"] == nil && reply["Content-Length"] == nil)
            }
            let session = try await rig.send("OPTIONS", "/whip/sessions/whatever")
            #expect(session.status == 204)
            for name in ["PATCH", "DELETE"] {
                #expect(session["Access-Control-Allow-Methods"]?.contains(name) ?? false)
            }
        }
    }

    @Test("GET and HEAD: 204 at endpoints and sessions; other methods: 405 with Allow")
    func methods() async throws {
        try await WHIPRig.run { rig in
            let session = try await rig.create(
                rig.publishPath("a"), token: rig.token(), offer: SampleOffer().text)
            for path in [rig.publishPath("a"), rig.playPath("a"), session.path] {
                for method in ["GET", "HEAD"] {
                    let reply = try await rig.send(method, path)
                    #expect(reply.status == 204 && reply.body.isEmpty, "\(method) \(path)")
                }
                let put = try await rig.send("PUT", path, token: rig.token(), type: Self.sdp, body: "x")
                #expect(put.status == 405 && put["Allow"]?.contains("OPTIONS") ?? false)
                _ = try put.problem()
            }
            #expect(try await rig.send("PATCH", rig.publishPath("a"), token: rig.token(), body: "x").status == 405)
            #expect(try await rig.send("DELETE", rig.playPath("a"), token: rig.token()).status == 405)
            #expect(
                try await rig.send("POST", session.path, token: rig.token(), type: Self.sdp, body: "x").status == 405)
        }
    }

    @Test(
        "media types are compared without case, with parameters",
        arguments: [
            ("application/sdp", 201), ("Application/SDP", 201), ("application/sdp; charset=utf-8", 201),
            ("application/sdp ;x=y", 201), ("text/plain", 415), ("application/sdpx", 415), ("application", 415),
            ("", 415), ("application/trickle-ice-sdpfrag", 415), ("application/json", 415), (nil, 415),
        ] as [(String?, Int)])
    func mediaTypes(type: String?, status: Int) async throws {
        try await WHIPRig.run { rig in
            let reply = try await rig.send(
                "POST", rig.publishPath("a"), token: rig.token(), type: type, body: SampleOffer().text)
            #expect(reply.status == status)
            if status == 415 {
                _ = try reply.problem()
                #expect(reply["Accept-Post"] == Self.sdp)
            }
        }
    }

    @Test("the token: missing, of another scheme, faulty, of another application, without the right")
    func authorization() async throws {
        try await WHIPRig.run { rig in
            let path = rig.publishPath("a")
            let offer = SampleOffer().text
            func post(_ value: String?, path: String? = nil) async throws -> HTTPReply {
                try await rig.send(
                    "POST", path ?? rig.publishPath("a"), type: Self.sdp, body: offer,
                    headers: value.map { [("Authorization", $0)] } ?? [])
            }
            for value in [nil, "", "Bearer", "Basic dXNlcjpwdw==", "Bearer a b"] as [String?] {
                let reply = try await post(value)
                #expect(reply.status == 401, "\(value ?? "nil")")
                #expect(reply["WWW-Authenticate"]?.hasPrefix("Bearer") ?? false)
                #expect(try reply.problem()["errorCode"]?.integer == 1_002_067)
            }
            let faulty = try await post("Bearer 04AAAA")
            #expect(faulty.status == 401)
            #expect(try faulty.problem()["errorCode"]?.integer == 1_002_075)
            #expect(faulty["WWW-Authenticate"]?.contains("invalid_token") ?? false)
            let other = try await post("Bearer \(try rig.token())", path: "/whip/4242/room1/a")
            #expect(other.status == 404)
            #expect(try other.problem()["errorCode"]?.integer == 1_001_004)
            let listenOnly = TokenPrivileges(roomID: try RoomID("room1"), mayPublish: false)
            let refused = try await post("Bearer \(try rig.token(privileges: listenOnly))")
            #expect(refused.status == 403)
            #expect(try refused.problem()["errorCode"]?.integer == 1_003_072)
            let room2 = TokenPrivileges(roomID: try RoomID("room2"))
            #expect(try await post("Bearer \(try rig.token(privileges: room2))").status == 403)
            #expect(try await post("bearer \(try rig.token())").status == 201)
            _ = path
        }
    }

    @Test("too many failures from an address: 429, and the right token is taken all the same")
    func failures() async throws {
        try await WHIPRig.run { rig in
            var statuses: [Int: Int] = [:]
            for _ in 0..<24 {
                let reply = try await rig.send(
                    "POST", rig.publishPath("a"), token: "04AAAA", type: Self.sdp, body: SampleOffer().text)
                statuses[reply.status, default: 0] += 1
                if reply.status == 429 { #expect(reply["Retry-After"] != nil) }
            }
            #expect((statuses[401] ?? 0) >= 20 && (statuses[429] ?? 0) >= 1, "\(statuses)")
            _ = try await rig.create(rig.publishPath("a"), token: rig.token(), offer: SampleOffer().text)
        }
    }

    @Test("paths that are none")
    func paths() async throws {
        try await WHIPRig.run { rig in
            let id = rig.app.appID
            for (path, status) in [
                ("/whip", 404), ("/whip/", 404), ("/whip/\(id)", 404), ("/whip/\(id)/room1", 404),
                ("/whip/\(id)/room1/a/b", 404), ("/whip/x/room1/a", 404), ("/whip/4294967296/room1/a", 404),
                ("/whep/\(id)", 404), ("/whep/\(id)/room1/a", 404), ("/whip/0/room1/a", 400),
                ("/whip/\(id)/room1/a.b", 400), ("/whip/\(id)/room1/", 400), ("/whip/\(id)//a", 400),
                ("/whip/\(id)/%00/a", 400), ("/whip/\(id)/%/a", 400), ("/whip/\(id)/%ff/a", 400),
                ("/whip/\(id)/\(String(repeating: "r", count: 128))/a", 400), ("/whip/sessions/none", 405),
            ] {
                let reply = try await rig.send(
                    "POST", path, token: rig.token(), type: Self.sdp, body: SampleOffer().text)
                #expect(reply.status == status, "\(path)")
                _ = try reply.problem()
            }
            for method in ["GET", "PATCH", "DELETE"] {
                let reply = try await rig.send(method, "/whip/sessions/none", token: rig.token())
                #expect(reply.status == 404, "\(method)")
                _ = try reply.problem()
            }
        }
    }

    @Test("413 for a body over 64 KiB, announced or not")
    func large() async throws {
        try await WHIPRig.run { rig in
            let body = String(repeating: "v", count: 65_537)
            let reply = try await rig.send("POST", rig.publishPath("a"), token: rig.token(), type: Self.sdp, body: body)
            #expect(reply.status == 413)
            _ = try reply.problem()
            let head = "POST \(rig.publishPath("a")) HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
            let announced = try await RawTestConnection.exchange(
                head + "Content-Length: 99999999999\r\n\r\nabc", port: rig.port)
            #expect(try HTTPReply(#require(announced)).status == 413)
            let chunk = "4000\r\n" + String(repeating: "v", count: 0x4000) + "\r\n"
            let chunked = try await RawTestConnection.exchange(
                head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 20), port: rig.port)
            #expect(try HTTPReply(#require(chunked)).status == 413)
        }
    }

    @Test("Expect: 100-continue is answered")
    func expectation() async throws {
        try await WHIPRig.run { rig in
            let body = SampleOffer().text
            let connection = try await RawTestConnection.connect(port: rig.port)
            let head = """
                POST \(rig.publishPath("a")) HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r
                Authorization: Bearer \(try rig.token())\r\nContent-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n
                """
            connection.send(Array(head.utf8))
            #expect(try await connection.next()?.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") ?? false)
            connection.send(Array(body.utf8))
            #expect(try await connection.everything()?.hasPrefix("HTTP/1.1 201 Created\r\n") ?? false)
        }
    }

    @Test("503 and Retry-After while the server stops")
    func draining() async throws {
        var random = RandomSource.system
        let app = try AppCredentials(random: &random)
        let configuration = RoomServerConfiguration(
            stateDirectory: "/nonexistent", port: 0, fixedApplications: [app])
        let waiting = TestInbox<RawTestConnection>()
        let replies = TestInbox<String>()
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = try RoomServer(configuration: configuration, logger: logger) { setup in
            StandInMedia(setup) {
                guard let connection = try? await waiting.next() else { return }
                let body = SampleOffer().text
                let head = "POST /whip/\(app.appID)/room1/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
                connection.send(Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
                replies.put((try? await connection.everything()) ?? "")
            }
        }
        try await server.start()
        let port = try #require(server.boundPort)
        waiting.put(try await RawTestConnection.connect(port: port))
        // Answered in the order of their coming: the one that waits has been accepted then.
        _ = try await RawTestConnection.exchange("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
        await server.stop()
        let reply = try HTTPReply(#require(try await replies.next()))
        #expect(reply.status == 503 && reply["Retry-After"] != nil)
        WHIPRig.checkCORS(reply)
        _ = try reply.problem()
    }

    @Test("a slow client is closed when its time is over")
    func slow() async throws {
        try await WHIPRig.run(limits: ConnectionLimits(unauthenticatedTimeoutMs: 300)) { rig in
            let connection = try await RawTestConnection.connect(port: rig.port)
            connection.send(
                Array("POST \(rig.publishPath("a")) HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nv=0".utf8))
            #expect(try await connection.everything() == "")
        }
    }

    @Test("PATCH: 415, 428, 400, 412, 204, 422; DELETE: 200 whatever the tags, then 404")
    func sessions() async throws {
        try await WHIPRig.run { rig in
            let session = try await rig.create(rig.publishPath("a"), token: rig.token(), offer: SampleOffer().text)
            let tag = session.entityTag
            let candidates = """
                a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r
                a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r
                a=candidate:2 1 udp 2122260223 4c1a.local 61764 typ host\r\na=end-of-candidates\r\n
                """
            for type in [nil, "application/sdp", "text/plain"] as [String?] {
                let reply = try await session.patch(candidates, ifMatch: tag, type: type)
                #expect(reply.status == 415)
                _ = try reply.problem()
            }
            let unconditional = try await session.patch(candidates, ifMatch: nil)
            #expect(unconditional.status == 428)
            _ = try unconditional.problem()
            for faulty in ["", "garbage", "a=ice-ufrag:EsAw\r\n", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n"] {
                #expect(try await session.patch(faulty, ifMatch: tag).status == 400)
            }
            for other in ["\"other\"", "W/\(tag)", String(tag.dropFirst().dropLast()), "\"\"", ""] {
                let reply = try await session.patch(candidates, ifMatch: other)
                #expect(reply.status == 412, "\(other)")
                _ = try reply.problem()
            }
            for matching in [tag, "\"a,b\", \(tag)", " \(tag) ,W/\"x\"", "*", "\"*\""] {
                let reply = try await session.patch(candidates, ifMatch: matching)
                #expect(reply.status == 204, "\(matching)")
                #expect(reply.body.isEmpty && reply["ETag"] == nil && reply["Content-Length"] == nil)
            }
            let unknown = candidates.replacingMid(with: "7")
            #expect(try await session.patch(unknown, ifMatch: tag).status == 422)
            // An attempt that names an unknown section restarts nothing.
            let failed = try await session.patch(Self.fragment.replacingMid(with: "7"), ifMatch: "*")
            #expect(failed.status == 422)
            #expect(try await session.patch(candidates, ifMatch: tag).status == 204)

            // Others may not touch it.
            for method in ["PATCH", "DELETE"] {
                #expect(try await rig.send(method, session.path).status == 401)
                #expect(try await rig.send(method, session.path, token: rig.token("other")).status == 401)
            }
            let crossed = "/whep" + session.path.dropFirst("/whip".count)
            #expect(try await rig.send("DELETE", crossed, token: session.token).status == 404)

            #expect(try await session.delete(headers: [("If-Match", "\"other\"")]).status == 200)
            #expect(rig.server.counts.streams == 0 && rig.server.counts.users == 0)
            #expect(try await session.delete().status == 404)
            #expect(try await session.patch(candidates, ifMatch: tag).status == 404)
        }
    }

    @Test("an ICE restart: 200, a fragment with new credentials, a new ETag; the old tag no longer counts")
    func restart() async throws {
        try await WHIPRig.run { rig in
            let session = try await rig.create(rig.publishPath("a"), token: rig.token(), offer: SampleOffer().text)
            var tags = [session.entityTag]
            var bodies: [String] = []
            for (index, condition) in ["*", "\"*\"", nil].enumerated() {
                let fragment = Self.fragment.replacing("newU", with: "newU\(index)")
                let reply = try await session.patch(fragment, ifMatch: condition ?? tags[index])
                #expect(reply.status == 200)
                #expect(reply["Content-Type"] == "application/trickle-ice-sdpfrag")
                #expect(reply.body.hasPrefix("a=ice-lite\r\n"))
                #expect(reply.body.contains("\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:"))
                #expect(reply.body.hasSuffix("a=end-of-candidates\r\n"))
                tags.append(try #require(reply["ETag"]))
                bodies.append(reply.body)
                #expect(try await session.patch(fragment, ifMatch: tags[index]).status == 412)
            }
            #expect(Set(tags).count == 4 && Set(bodies).count == 3)
            #expect(tags.allSatisfy { $0.hasPrefix("\"") && $0.hasSuffix("\"") })
        }
    }
}

extension String {
    fileprivate func replacing(_ word: String, with other: String) -> String {
        split(separator: word, omittingEmptySubsequences: false).joined(separator: other)
    }

    /// With another section named.
    fileprivate func replacingMid(with mid: String) -> String { replacing("a=mid:0", with: "a=mid:\(mid)") }
}
