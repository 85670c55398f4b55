import Testing
import Transport
import WebRTC

/// Candidates and restarts by fragment at the answering server.
struct FragmentTests {
    private static let credentials = ICECredentials(ufrag: "newU", password: "0123456789abcdef012345")

    /// A server that has answered, and the mid of its first section.
    private static func answered() throws -> (server: PeerConnection, answer: SessionDescription, mid: String) {
        let server = try ServerAnswerTests.server()
        let answer = try ServerAnswerTests.answer(SampleOffers.aiortc, ["0": .receive], by: server)
        return (server, answer, try #require(answer.media.first?.mid))
    }

    private static func fragment(_ mid: String, _ credentials: ICECredentials?) -> SDPFragment {
        SDPFragment(
            credentials: credentials,
            sections: [
                .init(
                    kind: "audio", transportProtocol: "UDP/TLS/RTP/SAVPF", mid: mid,
                    candidates: [
                        "candidate:1 1 udp 2122260223 192.0.2.77 61764 typ host",
                        "candidate:2 1 udp 2122260223 4a0b.local 61764 typ host", "candidate:nonsense",
                    ])
            ])
    }

    @Test func candidatesAloneChangeNothing() throws {
        let (server, _, mid) = try Self.answered()
        let ufrags = server.localUfrags
        #expect(try server.apply(Self.fragment(mid, nil), now: .zero) == nil)
        let offer = try SessionDescription(SampleOffers.aiortc)
        let transport = offer.transport(of: offer.media[0])
        let same = ICECredentials(
            ufrag: try #require(transport.iceUfrag), password: try #require(transport.icePassword))
        #expect(try server.apply(Self.fragment(mid, same), now: .zero) == nil)
        #expect(server.localUfrags == ufrags)
    }

    @Test func newCredentialsAreARestart() throws {
        let (server, answer, mid) = try Self.answered()
        let old = server.localUfrags
        let reply = try #require(try server.apply(Self.fragment(mid, Self.credentials), now: .zero))
        #expect(server.localUfrags.count == 2 && server.localUfrags[1] == old[0])
        #expect(reply.credentials?.ufrag == server.localUfrags[0])
        #expect(reply.credentials?.password != answer.media[0].transport.icePassword)
        #expect(reply.iceLite == answer.iceLite)
        #expect(reply.iceOptions == answer.media[0].transport.iceOptions)
        #expect(reply.sections.map(\.mid) == [mid])
        #expect(reply.candidates == answer.media[0].candidates)
        #expect(reply.sections[0].endOfCandidates)
        // The same fragment again is no second restart.
        #expect(try server.apply(Self.fragment(mid, Self.credentials), now: .zero) == nil)
        // A later offer with these credentials goes on with them.
        let offer = SampleOffers.aiortc
        let before = try SessionDescription(offer)
        let transport = before.transport(of: before.media[0])
        let restarted = offer.replacing(try #require(transport.iceUfrag), with: "newU")
            .replacing(try #require(transport.icePassword), with: Self.credentials.password)
        let again = try ServerAnswerTests.answer(restarted, ["0": .receive], by: server)
        #expect(again.media[0].transport.iceUfrag == reply.credentials?.ufrag)
    }

    @Test func whatCannotBeAppliedChangesNothing() throws {
        let (server, _, mid) = try Self.answered()
        let ufrags = server.localUfrags
        #expect(throws: PeerConnectionError.unknownSection(mid: "other")) {
            try server.apply(Self.fragment("other", Self.credentials), now: .zero)
        }
        var lite = Self.fragment(mid, Self.credentials)
        lite.iceLite = true
        #expect(throws: PeerConnectionError.self) { try server.apply(lite, now: .zero) }
        #expect(server.localUfrags == ufrags)
        let fresh = try ServerAnswerTests.server()
        #expect(throws: PeerConnectionError.wrongState) { try fresh.apply(Self.fragment(mid, nil), now: .zero) }
        server.close(now: .zero)
        #expect(throws: PeerConnectionError.wrongState) { try server.apply(Self.fragment(mid, nil), now: .zero) }
    }
}

extension String {
    /// The text with every occurrence of a word replaced.
    fileprivate func replacing(_ word: String, with other: String) -> String {
        split(separator: word, omittingEmptySubsequences: false).joined(separator: other)
    }
}
