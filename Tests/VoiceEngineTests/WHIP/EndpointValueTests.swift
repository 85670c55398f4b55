import RoomModel
import Testing
import VoiceEngine

/// URLs, links, dates and problem texts of WHIP and WHEP.
struct EndpointValueTests {
    @Test(arguments: [
        ("https://studio.example/whip/a?x=1#f", "https://studio.example", "/whip/a?x=1"),
        ("HTTP://Studio.Example:8080", "http://studio.example:8080", "/"),
        ("https://h:443/a", "https://h", "/a"), ("http://h?k=v", "http://h", "/?k=v"),
        ("http://[::1]:8790/w", "http://[::1]:8790", "/w"), ("https://u:p@h/a@b", "https://h", "/a@b"),
    ])
    func urls(_ text: String, _ origin: String, _ target: String) throws {
        let url = try HTTPURL(text)
        #expect(url.origin == origin && url.target == target)
        #expect("\(url)" == origin, "nothing but the origin shows")
    }

    @Test(arguments: [
        "", "studio.example/whip", "ftp://h/a", "http://", "http://:80/", "http://h:0/", "http://h:99999/",
        "http://h:x/",
        "http://[::1/", "http://a b/", "http://h/ä", "http://h/\r\nX: y", "https://u@/",
        "http://" + String(repeating: "a", count: 5000),
    ])
    func whatIsNoURL(_ text: String) {
        #expect(throws: ZegoError.self) { try HTTPURL(text) }
        do { _ = try HTTPURL(text) } catch {
            #expect(error.code == .illegalParameter)
            #expect(error.detail?.contains("studio.example") != true)
        }
    }

    /// The examples of RFC 3986, section 5.4, as far as they are of HTTP.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("g#s", "http://a/b/c/g"),
        ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
        ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("g/../h", "http://a/b/c/h"),
        ("/./g", "http://a/g"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("https://x/y", "https://x/y"),
    ])
    func references(_ reference: String, _ expected: String) throws {
        let resolved = try #require(HTTPURL("http://a/b/c/d;p?q").resolving(reference))
        #expect(resolved.origin + resolved.target == expected)
    }

    @Test func aReferenceToSomethingElseIsNone() throws {
        let base = try HTTPURL("http://a/b")
        for reference in ["mailto:x", "javascript:1", "ftp://x/", "http://", "/a b"] {
            #expect(base.resolving(reference) == nil)
        }
    }

    @Test func linksOfICEServers() {
        let response = EndpointResponse(
            status: 201,
            headers: [
                ("link", "<stun:stun.example.net>; rel=\"ice-server\""),
                (
                    "Link",
                    "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"us\\\"er\"; credential=\"a,b;c\"; credential-type=\"password\", <turns:t:443>;REL=ice-server;credential=x"
                ),
                ("Link", "<https://x/sse>; rel=\"urn:ietf:params:whep:ext:core:server-sent-events\""),
                ("Link", "<javascript:x>; rel=ice-server"), ("Link", "<broken"), ("Link", ";;;rel=\"ice-server"),
            ])
        #expect(
            response.iceServers == [
                LinkedICEServer(url: "stun:stun.example.net"),
                LinkedICEServer(url: "turn:turn.example.net?transport=udp", username: "us\"er", credential: "a,b;c"),
                LinkedICEServer(url: "turns:t:443", credential: "x"),
            ])
        #expect(!"\(response.iceServers)".contains("a,b;c"), "a credential shows")
    }

    @Test(arguments: [
        ("2", 2_000_000_000 as Int64?), (" 30 ", 30_000_000_000), ("0", 500_000_000), ("-5", 500_000_000),
        ("99999", 300_000_000_000), ("99999999999999", 300_000_000_000), ("soon", nil), ("", nil),
        ("Fri, 27 Nov 2026 14:00:10 GMT", 10_000_000_000), ("Fri, 32 Nov 2026 14:00:10 GMT", nil),
    ])
    func retryAfter(_ field: String, _ expected: Int64?) {
        let response = EndpointResponse(
            status: 503, headers: [("retry-after", field), ("Date", "Fri, 27 Nov 2026 14:00:00 GMT")])
        #expect(response.retryAfter == expected)
    }

    @Test func credentialsAreForOneOriginAndShowNowhere() throws {
        let endpoint = MediaEndpoint(url: "https://h/whip?key=hidden-key", bearerToken: "very-secret")
        let credentials = try EndpointCredentials(endpoint)
        let shown = "\(credentials) \(endpoint) \(String(reflecting: credentials)) \(String(reflecting: endpoint))"
        #expect(!shown.contains("very-secret") && !shown.contains("hidden-key"))
        #expect(throws: ZegoError.self) {
            try EndpointCredentials(MediaEndpoint(url: "https://u:p@h/", bearerToken: "x"))
        }
        for token in ["", "a b", "a\r\nX: y", "ä", String(repeating: "a", count: 9000)] {
            #expect(throws: ZegoError.self) {
                try EndpointCredentials(MediaEndpoint(url: "https://h/", bearerToken: token))
            }
        }
    }
}
