import Testing
import WebRTC

/// Fragments of Trickle ICE.
struct SDPFragmentTests {
    /// After RFC 9725, section 4.3.3 (an ICE restart of a client).
    static let restart = """
        a=ice-options:trickle ice2\r
        a=group:BUNDLE 0 1\r
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r
        a=mid:0\r
        a=ice-ufrag:ysXw\r
        a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r
        a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag ysXw network-id 1\r
        a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag ysXw network-id 2\r
        a=end-of-candidates\r
        m=video 9 UDP/TLS/RTP/SAVPF 96\r
        a=mid:1\r

        """

    @Test func theExampleOfTheStandard() throws {
        let fragment = try SDPFragment(Self.restart)
        #expect(fragment.credentials == ICECredentials(ufrag: "ysXw", password: "vw5LmwG4y/e6dPP/zAP9Gp5k"))
        #expect(fragment.iceOptions == ["trickle", "ice2"])
        #expect(!fragment.iceLite)
        #expect(fragment.sections.map(\.mid) == ["0", "1"])
        #expect(fragment.sections.map(\.kind) == ["audio", "video"])
        #expect(fragment.candidates.count == 2)
        #expect(fragment.sections[0].endOfCandidates && !fragment.sections[1].endOfCandidates)
        #expect(try SDPFragment(fragment.write()) == fragment)
    }

    @Test func credentialsMayStandBeforeTheSections() throws {
        let fragment = try SDPFragment(
            "a=ice-ufrag:EsAw\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\nm=audio 9 RTP/AVP 0\na=mid:audio\na=end-of-candidates\n"
        )
        #expect(fragment.credentials?.ufrag == "EsAw")
        #expect(fragment.sections.map(\.mid) == ["audio"])
        #expect(try SDPFragment("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1").sections == [])
    }

    @Test(arguments: [
        "", "\r\n", "garbage", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n", "a=ice-options:trickle\r\n",
        "a=ice-ufrag:EsAw\r\n", "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n",
        "a=ice-ufrag:abc\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n", "a=ice-ufrag:EsAw\r\na=ice-pwd:short\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "m=audio\r\na=mid:0\r\n", "m=audio x RTP/AVP 0\r\na=mid:0\r\n",
        "a=mid:0\r\n", "a=", "m=", "a=ice-ufrag:EsAw\rx\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\n",
        "a=ice-ufrag:EsAw\0\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\n",
    ])
    func whatIsNone(_ text: String) {
        #expect(throws: SDPError.self) { try SDPFragment(text) }
    }

    @Test func whatIsTooLong() {
        #expect(throws: SDPError.self) { try SDPFragment(String(repeating: "a=x\r\n", count: 9000)) }
        #expect(throws: SDPError.self) { try SDPFragment("a=" + String(repeating: "x", count: 70_000)) }
    }

    @Test func errorsNameTheLineOfTheFragment() {
        #expect(throws: SDPError.malformed(line: 2, reason: "a fragment has only a= and m= lines")) {
            try SDPFragment("a=ice-ufrag:EsAw\nc=IN IP4 0.0.0.0\n")
        }
        #expect(throws: SDPError.malformed(line: 1, reason: "the port is not a number")) {
            try SDPFragment("m=audio x RTP/AVP 0\n")
        }
    }
}
