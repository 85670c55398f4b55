import RoomModel
import Testing
import Transport

@Suite("Token04")
struct Token04Tests {
    /// The vector of `facts/zego.md`, section 3.5.
    private static let secretText = "fa94dd0f974cf2e293728a526b028271"
    private static let vector =
        "04AAAAAGVT/xAAEDAxMjM0NTY3ODlhYmNkZWYAcPDOWcZeMCPxbh1dpHzCTRH0tbs1JDwaSloPPpfrCE29tUW/QA7cBUDbJW7EPsVPsGpO/"
        + "KyXwgxISYw5q52prPMSDPSd273V+GccmQjr86yJzXgjAi1WOIdNYImOOK+KUyRl6LN2rT4pm+K4yG/IxH0="
    private static let now: Int64 = 1_700_000_200

    private static func secret() throws -> ServerSecret { try #require(ServerSecret(secretText)) }

    private static func demo(_ privileges: TokenPrivileges? = nil) throws -> Token04 {
        Token04(
            appID: try AppID(1), userID: try UserID("demo"), createdAt: 1_700_000_000, expiresAt: 1_700_003_600,
            nonce: 123_456_789, privileges: privileges)
    }

    /// Opens a token and checks it as a server would at a login of `demo`.
    private static func accept(_ text: String) throws -> Token04 {
        let token = try Token04(reading: text, secret: secret())
        try token.verify(appID: AppID(1), userID: UserID("demo"), now: now)
        return token
    }

    @Test("the vector, made and read")
    func vector() throws {
        let made = try Self.demo().sealed(with: Self.secret(), iv: Array("0123456789abcdef".utf8))
        #expect(made == Self.vector)
        #expect(try Self.accept(Self.vector) == Self.demo())
    }

    @Test("tokens of another implementation", arguments: ForeignTokens.good)
    func foreign(name: String, text: String) throws {
        #expect(try Self.accept(text) == Self.demo(), "\(name)")
    }

    @Test("faulty tokens of another implementation", arguments: ForeignTokens.bad)
    func faulty(name: String, code: Int, text: String) throws {
        #expect(throws: ZegoError(try #require(ZegoErrorCode(rawValue: code))), "\(name)") { try Self.accept(text) }
    }

    @Test("privilege tokens of another implementation")
    func privileged() throws {
        for (name, text, expected) in ForeignTokens.privileged {
            let privileges = TokenPrivileges(
                roomID: expected.room.isEmpty ? nil : try RoomID(expected.room), mayLogin: expected.login,
                mayPublish: expected.publish, streamIDs: try expected.streams?.map { try StreamID($0) })
            let token = try Self.accept(text)
            #expect(token == (try Self.demo(privileges)), "\(name)")
            #expect(token.allowsLogin(to: try RoomID("room1")) == expected.login)
            #expect(token.allowsLogin(to: try RoomID("room2")) == (expected.login && expected.room.isEmpty))
            #expect(token.allowsPublishing(try StreamID("s-1")) == expected.publish)
            #expect(token.allowsPublishing(try StreamID("s-2")) == (expected.publish && expected.streams == nil))
        }
    }

    @Test("what is made is read again, and no two are alike", arguments: [0, 1, 2, 15, 16, 17, 40])
    func roundTrip(extra: Int) throws {
        var random = RandomSource.seeded(UInt64(extra))
        let secret = ServerSecret(random: &random)
        let privileges = extra == 0 ? nil : TokenPrivileges(roomID: try RoomID(String(repeating: "r", count: extra)))
        let token = try Token04(
            appID: AppID(4_294_967_295), userID: UserID("user1"), now: Self.now, lifetimeSeconds: 60,
            privileges: privileges, random: &random)
        let texts = try (0..<3).map { _ in try token.sealed(with: secret, random: &random) }
        #expect(Set(texts).count == 3)
        for text in texts { #expect(try Token04(reading: text, secret: secret) == token) }
        #expect(token.expiresAt == Self.now + 60)
        #expect(throws: Never.self) { try token.verify(appID: token.appID, userID: nil, now: Self.now + 59) }
        #expect(throws: ZegoError(.tokenExpired)) {
            try token.verify(appID: token.appID, userID: nil, now: Self.now + 60)
        }
    }

    @Test("a lifetime has bounds", arguments: [0, -1, Token04.maximumLifetimeSeconds + 1, .max, .min])
    func lifetimes(seconds: Int64) throws {
        var random = RandomSource.seeded(1)
        #expect {
            try Token04(appID: AppID(1), userID: UserID("u"), now: 0, lifetimeSeconds: seconds, random: &random)
        } throws: { ($0 as? ZegoError)?.code == .illegalParameter }
    }

    @Test("every byte of the ciphertext and the IV counts, and damage has one answer")
    func flippedBits() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var answers: [ZegoErrorCode: Int] = [:]
        // From the character that holds the IV's first byte on; the expiry in the clear before it does not count.
        for index in 16..<Self.vector.utf8.count - 2 {
            var text = Array(Self.vector.utf8)
            let value = try #require(alphabet.firstIndex(of: text[index]))
            text[index] = alphabet[value ^ 32]
            do {
                _ = try Self.accept(String(decoding: text, as: UTF8.self))
                Issue.record("character \(index) does not count")
            } catch let error as ZegoError {
                answers[error.code, default: 0] += 1
            }
        }
        // CBC without a MAC: a flipped bit of the IV or of a block changes the same bit of the next plaintext, so a few
        // hit the digits of a number or the letters of the name.
        let others = answers.filter { $0.key != .tokenFormatError }.values.reduce(0, +)
        #expect(others < 12, "\(answers)")
        #expect(answers[.tokenFormatError, default: 0] > 100)
    }

    @Test(
        "what is no token",
        arguments: [
            "", "0", "04", "abc", "4", "x4AAAA", "04!", "04AAA", "04AAAA", "04====", "04AAAAAA==", "04 AAA", "04AA=A",
            "04\u{0}", "04AAAAAGVT/xAAEDAxMjM0NTY3ODlhYmNkZWYAAA==", String(repeating: "0", count: 2049), "é4AAAA",
            "04" + String(repeating: "A", count: 2040),
        ])
    func nonsense(text: String) throws {

        #expect(throws: ZegoError(.tokenFormatError), "\(text.prefix(20))") { try Self.accept(text) }
    }

    @Test("a token with something before, behind or missing")
    func mangled() throws {
        for text in [
            Self.vector + "\n", " " + Self.vector, Self.vector + "AAAA", String(Self.vector.dropLast()),
            String(Self.vector.dropLast(4)),
        ] {
            #expect(throws: ZegoError(.tokenFormatError)) { try Self.accept(text) }
        }
    }
}
