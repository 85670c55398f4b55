import RTP
import Testing
import Transport
import WebRTC

/// What a server answers to the offers of the field.
struct ServerAnswerTests {
    private static let address = ICEAgentTests.address("192.0.2.10", 8790)

    static func server(seed: UInt64 = 1) throws -> PeerConnection {
        let configuration = PeerConnectionConfiguration(
            role: .server, certificate: try DTLSCertificate(), localAddresses: [address], ufragPrefix: "w2")
        return PeerConnection(configuration: configuration, random: .seeded(seed), now: .zero)
    }

    static func answer(
        _ offer: String, _ decisions: [String: SectionDecision], by server: PeerConnection
    ) throws -> SessionDescription {
        _ = try server.applyOffer(offer, now: .zero)
        return try SessionDescription(server.answer(decisions, now: .zero))
    }

    @Test func chromiumGetsREDFirst() throws {
        let server = try Self.server()
        let offered = try server.applyOffer(SampleOffers.chromium, now: .zero)
        #expect(offered.map(\.mid) == ["0", "1"])
        #expect(offered.map(\.direction) == [.sendonly, .recvonly])
        #expect(offered.allSatisfy { $0.isUsable && $0.offersRED })
        #expect(offered[0].streamID == "6e8b7a90-0fbd-4d0f-a0f9-a64b0ad2a2e1")
        let track = LocalTrack(ssrc: 4242, streamID: "room1/björn", cname: "server")
        let text = try server.answer(["0": .receive, "1": .send(track)], now: .zero)
        let answer = try SessionDescription(text)
        #expect(answer.iceLite)
        #expect(answer.bundledMids == ["0", "1"])
        #expect(answer.media.map { answer.direction(of: $0) } == [.recvonly, .sendonly])
        #expect(answer.media.allSatisfy { $0.formats == ["63", "111"] && $0.rtcpMux && $0.rtcpReducedSize })
        #expect(answer.media[0].red(over: 111)?.formatParameters == "111/111")
        #expect(answer.media[0].opus?.feedback == ["transport-cc", "nack"])
        #expect(answer.media[1].opus?.feedback == ["transport-cc"])
        #expect(answer.media[0].extensions.map(\.id) == [1, 3, 4])
        #expect(answer.media.allSatisfy { $0.transport.setup == .passive })
        #expect(answer.media[0].transport.iceUfrag?.hasPrefix("w2") == true)
        #expect(answer.media[0].candidates.count == 1 && answer.media[0].endOfCandidates)
        #expect(answer.media[1].candidates.isEmpty)
        #expect(answer.media[1].sources == [SDPSource(ssrc: 4242, cname: "server", msid: answer.media[1].msids.first)])
        #expect(answer.media[1].streamID == "room1/björn")
        #expect(!text.contains("björn"))
        // What is in force now.
        #expect(server.sections.map(\.direction) == [.recvonly, .sendonly])
        #expect(server.sections[0].remoteSSRCs == [3_570_614_608])
        #expect(server.sections[0].extensions[.mid] == 4)
        #expect(server.sections[0].prefersRED)
        #expect(server.sections[1].localTrack == track)
        #expect(server.sections[0].nack && !server.sections[1].nack)
    }

    @Test func firefoxKeepsItsNumbers() throws {
        let server = try Self.server()
        let answer = try Self.answer(SampleOffers.firefox, ["0": .receive], by: server)
        #expect(answer.media[0].formats == ["109"])
        #expect(answer.media[0].extensions.map(\.id) == [1, 3])
        #expect(server.sections[0].opusPayloadType == 109)
        #expect(server.sections[0].redPayloadType == nil && !server.sections[0].prefersRED)
        #expect(server.sections[0].opus.stereo && server.sections[0].opus.usesInbandFEC)
        #expect(server.sections[0].remoteSSRCs == [2_423_789_132])
    }

    @Test func aiortcAndGStreamerAreAnswered() throws {
        let aiortc = try Self.server()
        #expect(try Self.answer(SampleOffers.aiortc, ["0": .receive], by: aiortc).media[0].formats == ["96"])
        #expect(aiortc.sections[0].direction == .recvonly)
        let gstreamer = try Self.server()
        let answer = try Self.answer(SampleOffers.gstreamer, ["audio0": .receive], by: gstreamer)
        #expect(answer.bundledMids == ["audio0"])
        #expect(gstreamer.sections[0].nack)
        #expect(gstreamer.sections[0].remoteStreamID == "user2718281828@host-1a2b3c4d")
    }

    @Test func videoIsRefused() throws {
        let server = try Self.server()
        let answer = try Self.answer(SampleOffers.obs, ["0": .receive, "1": .receive], by: server)
        #expect(answer.bundledMids == ["0"])
        #expect(answer.media[1].port == 0 && answer.media[1].isRejected)
        #expect(answer.media[1].formats == ["96"])
        #expect(server.sections.map(\.direction) == [.recvonly, .inactive])
        #expect(server.sections[0].opus.maximumAverageBitrate == 96_000)
    }

    @Test func decisionsThatTheOfferDoesNotAllowBecomeInactive() throws {
        let server = try Self.server()
        let track = LocalTrack(ssrc: 1, streamID: "x", cname: "y")
        let answer = try Self.answer(SampleOffers.chromium, ["0": .send(track), "1": .receive], by: server)
        #expect(answer.media.map { answer.direction(of: $0) } == [.inactive, .inactive])
        #expect(answer.media.allSatisfy { $0.sources.isEmpty })
    }

    @Test func refusingEverythingLeavesTheBundleStanding() throws {
        let server = try Self.server()
        let answer = try Self.answer(SampleOffers.chromium, ["0": .reject, "1": .reject], by: server)
        #expect(answer.media.map(\.isRejected) == [false, true])
        #expect(answer.bundledMids == ["0"])
    }

    @Test func anOfferWithoutMidIsAnsweredWithout() throws {
        let server = try Self.server()
        let offer = SampleOffers.gstreamer.replacing("a=mid:audio0\n", with: "")
            .replacing("a=group:BUNDLE audio0\n", with: "")
        let offered = try server.applyOffer(offer, now: .zero)
        let answer = try SessionDescription(server.answer([offered[0].mid: .receive], now: .zero))
        #expect(answer.media[0].mid == nil)
        #expect(answer.groups.isEmpty)
        #expect(server.sections[0].direction == .recvonly)
    }

    @Test(arguments: [
        ("a=ice-ufrag:F7gI\n", ""), ("a=ice-pwd:x9cml/YzichV2+XlhiMu8gaT\n", ""),
        ("a=setup:actpass\n", "a=setup:passive\n"),
        ("a=mid:1\n", "a=mid:0\n"), ("opus/48000/2", "speex/8000"), ("a=rtcp-mux\n", ""),
        ("a=fingerprint:sha-256", "a=x"),
        ("a=msid-semantic", "a=ice-lite\na=msid-semantic"), ("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
    ])
    func whatCannotBeAnsweredIsRefusedWithAReason(_ found: String, _ replacement: String) throws {
        let server = try Self.server()
        #expect(SampleOffers.chromium.contains(found))
        #expect {
            try server.applyOffer(SampleOffers.chromium.replacing(found, with: replacement), now: .zero)
        } throws: { error in
            if case PeerConnectionError.unsupported(let reason) = error { !reason.isEmpty } else { false }
        }
        // Nothing has changed.
        #expect(server.sections.isEmpty)
        #expect(throws: PeerConnectionError.wrongState) { try server.answer([:], now: .zero) }
    }

    @Test func laterOffersHaveToKeepTheSections() throws {
        let server = try Self.server()
        _ = try Self.answer(SampleOffers.chromium, [:], by: server)
        #expect(throws: PeerConnectionError.self) { try server.applyOffer(SampleOffers.firefox, now: .zero) }
        let swapped = SampleOffers.chromium.replacing("a=mid:1\n", with: "a=mid:7\n")
            .replacing("BUNDLE 0 1", with: "BUNDLE 0 7")
        #expect(throws: PeerConnectionError.self) { try server.applyOffer(swapped, now: .zero) }
        let certificate = SampleOffers.chromium.replacing("4A:AD:B9", with: "4A:AD:B8")
        #expect(throws: PeerConnectionError.self) { try server.applyOffer(certificate, now: .zero) }
        #expect(try server.applyOffer(SampleOffers.chromium, now: .zero).count == 2)
    }

    @Test func newCredentialsRestartICE() throws {
        let server = try Self.server()
        let first = try Self.answer(SampleOffers.chromium, [:], by: server)
        let same = try Self.answer(SampleOffers.chromium, [:], by: server)
        #expect(same.media[0].transport.iceUfrag == first.media[0].transport.iceUfrag)
        #expect(same.origin.version > first.origin.version && same.origin.sessionID == first.origin.sessionID)
        let restarted = try Self.answer(
            SampleOffers.chromium.replacing("a=ice-ufrag:F7gI", with: "a=ice-ufrag:G8hJ"), [:], by: server)
        #expect(restarted.media[0].transport.iceUfrag != first.media[0].transport.iceUfrag)
        #expect(server.localUfrags.count == 2)
    }

    /// Whatever is sent as an offer: an error or an answer, and the next honest offer is answered.
    @Test func damagedOffersDoNoHarm() throws {
        var random = RandomSource.seeded(21)
        let server = try Self.server()
        var answered = 0
        for round in 0..<1500 {
            var bytes = Array(SampleOffers.all[round % SampleOffers.all.count].sdp.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 32...126, using: &random)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...30, using: &random)))
                default: bytes.insert(Array(":=/ \n0a-".utf8).randomElement(using: &random) ?? 0, at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let fresh = try Self.server(seed: UInt64(round))
            for target in [server, fresh] {
                guard let offered = try? target.applyOffer(text, now: .zero) else { continue }
                var decisions: [String: SectionDecision] = [:]
                for section in offered { decisions[section.mid] = section.direction.sends ? .receive : .inactive }
                if let answer = try? target.answer(decisions, now: .zero) {
                    answered += 1
                    #expect(throws: Never.self) { try SessionDescription(answer) }
                }
            }
        }
        #expect(answered > 100)
    }
}
