import RoomModel
import Testing

/// The STUN and TURN servers that clients are told of.
struct RelayDirectoryTests {
    @Test("credentials are those that coturn makes from the same secret")
    func credentials() throws {
        // printf 1700086400:user1 | openssl dgst -sha1 -hmac north -binary | base64
        let secret = try #require(TURNSecret("north"))
        let (username, password) = secret.credentials(userID: "user1", unixSeconds: 1_700_000_000)
        #expect(username == "1700086400:user1")
        #expect(password == "Vj45Bd/yM0Y8M13jd5zqTuDqxWM=")
        #expect("\(secret) \(String(reflecting: secret))".contains("north") == false)
        var text = ""
        dump(secret, to: &text)
        #expect(!text.contains("north"))
        #expect(TURNSecret("") == nil)
    }

    @Test("every user has credentials of its own; without a secret there are only the fixed servers")
    func servers() throws {
        let fixed = ICEServer(urls: ["stun:stun.example"])
        var directory = RelayDirectory(fixed: [fixed], turnServers: ["turn:a", "turns:b"])
        #expect(directory.servers(for: "user1", unixSeconds: 0) == [fixed])
        directory.secret = TURNSecret("north")
        let first = directory.servers(for: "user1", unixSeconds: 0)
        #expect(first.count == 2)
        #expect(first[1].urls == ["turn:a", "turns:b"])
        #expect(first[1].username == "86400:user1")
        #expect(first[1].credential != directory.servers(for: "user2", unixSeconds: 0)[1].credential)
    }

    @Test(
        "URLs as RFC 7064 and RFC 7065 have them",
        arguments: [
            ("stun:stun.example", "stun stun.example 3478"), ("stun:192.0.2.1:19302", "stun 192.0.2.1 19302"),
            ("turn:turn.example", "turnUDP turn.example 3478"),
            ("turn:turn.example:80?transport=udp", "turnUDP turn.example 80"),
            ("TURN:turn.example?transport=tcp", "turnTCP turn.example 3478"),
            ("turns:turn.example", "turnTLS turn.example 5349"),
            ("turns:[2001:db8::1]:443?transport=tcp", "turnTLS 2001:db8::1 443"),
        ])
    func urls(text: String, expected: String) throws {
        let url = try #require(ICEServerURL(text))
        #expect("\(url.service) \(url.host) \(url.port)" == expected)
    }

    @Test(
        "what is no such URL",
        arguments: [
            "", "turn", "turn:", "http://x", "turn:a b", "turn:x:0", "turn:x:65536", "turn:x:", "turn:x?transport=sctp",
            "turns:x?transport=udp", "stun:x?transport=udp", "stuns:x", "turn:[::1", "turn:[]:1", "turn:x/y",
        ])
    func faultyURLs(text: String) {
        #expect(ICEServerURL(text) == nil)
    }
}
