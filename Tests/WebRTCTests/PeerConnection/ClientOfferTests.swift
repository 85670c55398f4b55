import RTP
import Testing
import Transport
import WebRTC

/// What a client offers, and how it takes answers.
struct ClientOfferTests {
    static func client(seed: UInt64 = 1, addresses: [TransportAddress] = [ICEAgentTests.alice]) throws -> PeerConnection
    {
        let configuration = PeerConnectionConfiguration(
            role: .client, certificate: try DTLSCertificate(), localAddresses: addresses)
        return PeerConnection(configuration: configuration, random: .seeded(seed), now: .zero)
    }

    private static let track = LocalTrack(ssrc: 99, streamID: "stream 1", cname: "alice")

    @Test func theOfferSaysWhatIsWanted() throws {
        let client = try Self.client()
        let spare = try client.addSection(.inactive)
        let talk = try client.addSection(.publish(Self.track))
        #expect(talk == spare)
        _ = try client.addSection(.play)
        let offer = try SessionDescription(client.createOffer())
        #expect(offer.media.map { offer.direction(of: $0) } == [.sendonly, .recvonly])
        #expect(offer.bundledMids == ["0", "1"])
        #expect(offer.media.allSatisfy { $0.transport.setup == .actpass && $0.opus?.payloadType == 111 })
        // What the listeners' lines take is for who sends.
        #expect(
            offer.media.map { $0.opus?.feedback } == [
                ["transport-cc", "nack", "goog-remb"], ["transport-cc", "nack"],
            ])
        #expect(offer.media[0].opus?.formatParameters?.hasPrefix("minptime=10;useinbandfec=1") == true)
        #expect(offer.media[0].streamID == "stream 1")
        #expect(offer.media[0].sources.first?.ssrc == 99)
        #expect(offer.media[1].sources.isEmpty)
        #expect(offer.media[0].candidates.count == 1 && offer.media[0].endOfCandidates)
        #expect(offer.media[0].extensions.count == 4)
        #expect(!offer.iceLite)
    }

    @Test func anAnswerIsTakenSectionBySection() throws {
        let client = try Self.client()
        let server = try ServerAnswerTests.server()
        let talk = try client.addSection(.publish(Self.track))
        let listen = try client.addSection(.play)
        let refused = try client.addSection(.play)
        _ = try server.applyOffer(client.createOffer(), now: .zero)
        let heard = LocalTrack(ssrc: 7, streamID: "other", cname: "server")
        let answer = try server.answer([talk: .receive, listen: .send(heard), refused: .reject], now: .zero)
        try client.applyAnswer(answer, now: .zero)
        #expect(client.sections.map(\.direction) == [.sendonly, .recvonly, .inactive])
        #expect(client.section(mid: listen)?.remoteSSRCs == [7])
        #expect(client.section(mid: listen)?.remoteStreamID == "other")
        #expect(client.section(mid: talk)?.prefersRED == true)
        #expect(client.section(mid: talk)?.localTrack == Self.track)
        #expect(server.section(mid: talk)?.remoteStreamID == "stream 1")
        // The refused section comes back when it is wanted.
        try client.setSection(refused, .inactive)
        #expect(try client.addSection(.play) == refused)
        #expect(try server.applyOffer(client.createOffer(), now: .zero)[2].isUsable)
    }

    @Test func answersHaveToFit() throws {
        let client = try Self.client()
        #expect(throws: PeerConnectionError.wrongState) { try client.applyAnswer("v=0", now: .zero) }
        #expect(throws: PeerConnectionError.self) { try client.createOffer() }
        let mid = try client.addSection(.play)
        let server = try ServerAnswerTests.server()
        _ = try server.applyOffer(client.createOffer(), now: .zero)
        let answer = try server.answer([mid: .inactive], now: .zero)
        for (found, replacement) in [
            ("a=setup:passive", "a=setup:actpass"), ("a=mid:0", "a=mid:9"), ("m=audio", "m=video"),
            ("opus/48000/2", "opus/8000"), ("m=audio 9", "m=audio 0"), ("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
            ("a=ice-ufrag", "a=x"), ("v=0", "v=7"),
        ] {
            #expect(answer.contains(found))
            #expect(throws: PeerConnectionError.self) {
                try client.applyAnswer(answer.replacing(found, with: replacement), now: .zero)
            }
        }
        try client.applyAnswer(answer, now: .zero)
        #expect(throws: PeerConnectionError.wrongState) { try client.applyAnswer(answer, now: .zero) }
        #expect(throws: PeerConnectionError.unknownSection(mid: "x")) { try client.setSection("x", .play) }
    }

    @Test func aRestartMayBeOfferedTwiceOrTakenBack() throws {
        let client = try Self.client()
        let mid = try client.addSection(.play)
        let server = try ServerAnswerTests.server()
        _ = try server.applyOffer(client.createOffer(), now: .zero)
        try client.applyAnswer(server.answer([mid: .inactive], now: .zero), now: .zero)
        let before = client.localUfrags
        _ = try client.createOffer(restartICE: true)
        #expect(client.localUfrags.count == 2)
        client.rollbackOffer()
        #expect(client.localUfrags == before)
        _ = try client.createOffer(restartICE: true)
        let second = try client.createOffer(restartICE: true)
        #expect(client.localUfrags.count == 2)
        _ = try server.applyOffer(second, now: .zero)
        try client.applyAnswer(server.answer([mid: .inactive], now: .zero), now: .zero)
        #expect(server.localUfrags.count == 2)
    }

    @Test func sectionsAreBounded() throws {
        let client = try Self.client()
        for number in 0..<PeerConnection.maximumSections {
            let track = LocalTrack(
                ssrc: .max, streamID: String(repeating: "s", count: 128) + "\(number)", cname: "alice")
            _ = try client.addSection(number < 8 ? .publish(track) : .play)
        }
        #expect(throws: PeerConnectionError.tooManySections) { try client.addSection(.play) }
        // Even so the description stays within what a peer reads.
        #expect(try client.createOffer().utf8.count <= SessionDescription.maximumLength)
    }
}
