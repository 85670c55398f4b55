import JSONRPC
import RoomModel
import RoomServer
import Testing
import Transport
import WebRTC

/// Every row about the creation of a session: RFC 9725 and draft-ietf-wish-whep (`facts/server.md`, 4.1 and 4.2).
@Suite("WHIP and WHEP: offers")
struct WHIPOfferTests {
    private static func sdp(_ change: (inout SampleOffer) -> Void = { _ in }) -> String {
        var offer = SampleOffer()
        change(&offer)
        return offer.text
    }

    @Test("201 with the answer, an absolute unguessable Location and a strong, quoted ETag")
    func created() async throws {
        try await WHIPRig.run { rig in
            let reply = try await rig.send(
                "POST", rig.publishPath("camera"), token: rig.token(), type: "application/sdp", body: Self.sdp())
            #expect(reply.status == 201)
            #expect(reply["Content-Type"] == "application/sdp")
            let location = try #require(reply["Location"])
            let prefix = "http://room.example:8790/whip/sessions/"
            #expect(location.hasPrefix(prefix))
            // 22 characters of 62: 130 bits.
            #expect(location.utf8.count == prefix.utf8.count + 22)
            let tag = try #require(reply["ETag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count == 24)
            #expect(reply["Link"] == nil)
            let answer = try SessionDescription(reply.body)
            #expect(answer.iceLite)
            let media = try #require(answer.media.first)
            #expect(answer.direction(of: media) == .recvonly)
            #expect(media.rtcpMux && media.mid == "0" && media.endOfCandidates && !media.candidates.isEmpty)
            #expect(answer.transport(of: media).setup == .passive)
            let ufrag = try #require(answer.transport(of: media).iceUfrag)
            #expect(!location.contains(ufrag) && !tag.contains(ufrag))
            #expect(rig.server.counts.streams == 1 && rig.server.counts.users == 1)
        }
    }

    /// An offer for WHIP, and the status that it gets.
    static let whip: [(name: String, offer: String, status: Int)] = [
        ("sendonly", sdp(), 201),
        ("sendrecv", sdp { $0.direction = "sendrecv" }, 201),
        ("setup:active", sdp { $0.setup = "active" }, 201),
        ("one section without BUNDLE", sdp { $0.bundle = false }, 201),
        ("64 KiB", sdp { $0.padding = 65_536 }, 201),
        ("recvonly", sdp { $0.direction = "recvonly" }, 422),
        ("inactive", sdp { $0.direction = "inactive" }, 422),
        ("setup:passive", sdp { $0.setup = "passive" }, 422),
        ("setup:holdconn", sdp { $0.setup = "holdconn" }, 422),
        ("no rtcp-mux", sdp { $0.rtcpMux = false }, 422),
        ("no Opus", sdp { $0.codecs = "a=rtpmap:111 PCMU/8000" }, 422),
        ("two MediaStreams", sdp { $0.msids = ["a t", "b t"] }, 422),
        ("no ICE credentials", sdp { $0.credentials = "" }, 422),
        ("no fingerprint", sdp { $0.fingerprint = "" }, 422),
        (
            "a fingerprint by sha-1 alone",
            sdp { $0.fingerprint = "a=fingerprint:sha-1 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13" },
            422
        ),
        ("audio and video: all or nothing", sdp { $0.further = ["video"] }, 422),
        ("two audio sections", sdp { $0.further = ["audio"] }, 422),
        ("a data channel", sdp { $0.further = ["application"] }, 422),
        ("no section", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", 422),
        ("an ICE password that is too short", sdp { $0.credentials = "a=ice-ufrag:EsAw\r\na=ice-pwd:short" }, 400),
        ("nothing", "", 400),
        ("no SDP", "hello\r\n", 400),
        ("half a line", "v=0\r\no=", 400),
        ("64 KiB of letters", String(repeating: "v", count: 65_536), 400),
        ("64 KiB of line ends", String(repeating: "\n", count: 65_536), 400),
        ("NULs", "v=0\r\n\0\0\0", 400),
        ("JSON", "{\"sdp\":\"v=0\"}", 400),
    ]

    /// By name: a runner prints its arguments, and an offer may have 65,536 lines.
    @Test("WHIP offers", arguments: whip.map(\.name))
    func publishing(name: String) async throws {
        let (_, offer, status) = try #require(Self.whip.first { $0.name == name })
        try await WHIPRig.run { rig in
            let reply = try await rig.send(
                "POST", rig.publishPath("camera"), token: rig.token(), type: "application/sdp", body: offer)
            #expect(reply.status == status, "\(reply.body)")
            if status >= 400 {
                _ = try reply.problem()
                #expect(reply["Location"] == nil && reply["ETag"] == nil)
                // Nothing is left behind, and the name is free.
                #expect(rig.server.counts.streams == 0 && rig.server.counts.users == 0)
                _ = try await rig.create(rig.publishPath("camera"), token: rig.token(), offer: Self.sdp())
            }
        }
    }

    /// An offer for WHEP, and the status that it gets.
    static let whep: [(name: String, offer: String, status: Int)] = [
        ("recvonly", sdp { $0.direction = "recvonly" }, 201),
        ("sendrecv", sdp { $0.direction = "sendrecv" }, 201),
        (
            "with a video that nobody sends",
            sdp {
                $0.direction = "recvonly"; $0.further = ["video"]
            }, 201
        ),
        ("sendonly", sdp(), 422),
        ("inactive", sdp { $0.direction = "inactive" }, 422),
        (
            "two videos",
            sdp {
                $0.direction = "recvonly"; $0.further = ["video", "video"]
            }, 422
        ),
        (
            "two sections without BUNDLE",
            sdp {
                $0.direction = "recvonly"; $0.further = ["video"]; $0.bundle = false
            }, 422
        ),
        ("nothing", "", 400),
    ]

    @Test("WHEP offers", arguments: whep.map(\.name))
    func playing(name: String) async throws {
        let (_, offer, status) = try #require(Self.whep.first { $0.name == name })
        try await WHIPRig.run { rig in
            _ = try await rig.create(rig.publishPath("camera"), token: rig.token(), offer: Self.sdp())
            let reply = try await rig.send(
                "POST", rig.playPath("camera"), token: rig.token("player"), type: "application/sdp", body: offer)
            #expect(reply.status == status, "\(reply.body)")
            guard status == 201 else {
                _ = try reply.problem()
                return
            }
            #expect(reply["Location"]?.hasPrefix("http://room.example:8790/whep/sessions/") ?? false)
            let answer = try SessionDescription(reply.body)
            #expect(answer.direction(of: answer.media[0]) == .sendonly)
            #expect(answer.media[0].streamID == "camera")
            #expect(answer.media.dropFirst().allSatisfy { $0.port == 0 })
            #expect(rig.server.counts.users == 2)
        }
    }

    @Test("409 and Retry-After from WHEP while nobody publishes, and from WHIP while somebody else does")
    func conflicts() async throws {
        try await WHIPRig.run { rig in
            let offer = Self.sdp { $0.direction = "sendrecv" }
            let early = try await rig.send(
                "POST", rig.playPath("camera"), token: rig.token(), type: "application/sdp", body: offer)
            #expect(early.status == 409 && early["Retry-After"] != nil)
            #expect(try early.problem()["errorCode"]?.integer == 1_004_002)
            _ = try await rig.create(rig.publishPath("camera"), token: rig.token(), offer: offer)
            let second = try await rig.send(
                "POST", rig.publishPath("camera", room: "room2"), token: rig.token(), type: "application/sdp",
                body: offer)
            #expect(second.status == 409)
            #expect(try second.problem()["errorCode"]?.integer == 1_003_028)
            _ = try await rig.create(rig.playPath("camera"), token: rig.token("player"), offer: offer)
        }
    }

    @Test("identifiers with any character that they may have, percent-encoded")
    func encodedPath() async throws {
        try await WHIPRig.run { rig in
            let path = "/whip/\(rig.app.appID)/%72oom%231%3D/cam_1-x?query=ignored"
            _ = try await rig.create(path, token: rig.token(), offer: Self.sdp())
            #expect(await rig.server.snapshot().rooms.map(\.roomID.rawValue) == ["room#1="])
        }
    }

    @Test("offers and fragments with random damage are let in or refused, never worse", arguments: 1...4)
    func damage(seed: UInt64) async throws {
        try await WHIPRig.run { rig in
            var random = RandomSource.seeded(seed)
            let offer = Array(SampleOffer(further: seed % 2 == 0 ? ["video"] : []).text.utf8)
            let token = try rig.token()
            for _ in 0..<60 {
                let reply = try await rig.send(
                    "POST", rig.publishPath("camera"), token: token, type: "application/sdp",
                    body: Self.damaged(offer, &random))
                #expect([201, 400, 422].contains(reply.status), "\(reply.body)")
                guard reply.status == 201, let location = reply["Location"] else { continue }
                let path = "/" + location.split(separator: "/").dropFirst(2).joined(separator: "/")
                let fragment =
                    "a=ice-ufrag:newU\r\na=ice-pwd:0123456789abcdef012345\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
                let patched = try await rig.send(
                    "PATCH", path, token: token, type: "application/trickle-ice-sdpfrag",
                    body: Self.damaged(Array(fragment.utf8), &random), headers: [("If-Match", "*")])
                #expect([200, 204, 400, 422].contains(patched.status), "\(patched.body)")
                #expect(try await rig.send("DELETE", path, token: token).status == 200)
            }
            #expect(rig.server.counts.sessions == 0)
        }
    }

    /// Some bytes changed, cut out or doubled.
    private static func damaged(_ text: [UInt8], _ random: inout RandomSource) -> String {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let index = text.indices.randomElement(using: &random) else { break }
            let end = min(text.count, index + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: text[index] = UInt8.random(in: 0...127, using: &random)
            case 1: text.removeSubrange(index..<end)
            case 2: text.insert(contentsOf: text[index..<end], at: index)
            default: text = Array(text[..<index])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test("Link fields tell the ICE servers, in the 201 only")
    func links() async throws {
        let servers = [
            ICEServer(urls: ["stun:stun.example:3478"]),
            ICEServer(urls: ["turn:turn.example?transport=udp"], username: "us\"er", credential: "se\\cret"),
        ]
        try await WHIPRig.run(relays: RelayDirectory(fixed: servers)) { rig in
            let reply = try await rig.send(
                "POST", rig.publishPath("camera"), token: rig.token(), type: "application/sdp", body: Self.sdp())
            #expect(
                reply.headers["link"] == [
                    "<stun:stun.example:3478>; rel=\"ice-server\"",
                    "<turn:turn.example?transport=udp>; rel=\"ice-server\"; username=\"us\\\"er\"; "
                        + "credential=\"se\\\\cret\"; credential-type=\"password\"",
                ])
            #expect(try await rig.send("OPTIONS", rig.publishPath("camera"))["Link"] == nil)
        }
    }
}
