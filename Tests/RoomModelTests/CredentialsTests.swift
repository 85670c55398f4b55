import RoomModel
import Testing
import Transport

@Suite("Credentials and proofs")
struct CredentialsTests {
    private static let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    /// By Python: hmac.new(bytes.fromhex(digits), b"zego-room.v1\nnonce-1\n1234567890\nuser1\nroom1", sha256).
    private static let proof = "64407ddd521ebd92798f5362f161fa6dc9dd988b57fe95d0458fc7a896d9b429"

    @Test("the proof is the one that another implementation computes")
    func knownProof() throws {
        let made = AppSignProof.make(
            appSign: try AppSign(hexadecimal: Self.digits), nonce: "nonce-1", appID: try AppID(1_234_567_890),
            userID: try UserID("user1"), roomID: try RoomID("room1"))
        #expect(made == Self.proof)
    }

    @Test("a proof is good for exactly its key, nonce, application, user and room")
    func verification() throws {
        func verify(
            _ proof: String = Self.proof, sign: String = Self.digits, nonce: String = "nonce-1",
            appID: UInt32 = 1_234_567_890, userID: String = "user1", roomID: String = "room1"
        ) throws -> Bool {
            AppSignProof.verify(
                proof, appSign: try AppSign(hexadecimal: sign), nonce: nonce, appID: try AppID(appID),
                userID: try UserID(userID), roomID: try RoomID(roomID))
        }
        #expect(try verify())
        #expect(try verify(Self.proof.uppercased()))
        #expect(try !verify(sign: String(Self.digits.reversed())))
        #expect(try !verify(nonce: "nonce-2"))
        #expect(try !verify(appID: 1))
        #expect(try !verify(userID: "user2"))
        #expect(try !verify(roomID: "room2"))
        for wrong in ["", "00", Self.proof + "00", String(Self.proof.dropLast()), "zz", "64407DDD"] {
            #expect(try !verify(wrong))
        }
    }

    @Test("an AppSign is 64 hexadecimal digits")
    func appSigns() throws {
        #expect(try AppSign(hexadecimal: Self.digits).hexadecimal == Self.digits)
        #expect(throws: ZegoError(.appSignNull)) { try AppSign(hexadecimal: "") }
        #expect(throws: ZegoError(.appSignInvalidLength)) { try AppSign(hexadecimal: "00") }
        #expect(throws: ZegoError(.appSignInvalidCharacter)) { try AppSign(hexadecimal: "g" + Self.digits.dropFirst()) }
    }

    @Test("secrets do not show when they are described")
    func secrets() throws {
        var random = RandomSource.seeded(1)
        let app = try AppCredentials(random: &random)
        let shown = "\(app) \(String(reflecting: app)) \(LoginAuthentication.proof("sesame"))"
        var dumped = ""
        dump(app, to: &dumped)
        dump(LoginAuthentication.token("sesame"), to: &dumped)
        for text in [shown, dumped] {
            #expect(!text.contains(app.appSign.hexadecimal))
            #expect(!text.contains(app.serverSecret.text))
            #expect(!text.contains("sesame"))
        }
        #expect(app.serverSecret.text.utf8.count == 32)
    }

    @Test("constant-time comparison")
    func comparison() {
        #expect(ConstantTime.areEqual("abc", "abc"))
        #expect(!ConstantTime.areEqual("abc", "abd"))
        #expect(!ConstantTime.areEqual("abc", "ab"))
        #expect(!ConstantTime.areEqual("", ""))
    }
}
