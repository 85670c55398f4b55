internal import JSONRPC

/// A token of version 04: who may log in to which application until when, encrypted with the ServerSecret
/// (`facts/zego.md`, section 3.5).
///
/// ```
/// "04" + base64( int64 expiry in the clear | uint16 16 | IV | uint16 length | AES-256-CBC(JSON) )
/// ```
///
/// The expiry in the clear is for clients that want to renew in time; only the encrypted one counts.
package struct Token04: Hashable, Sendable {
    package static let version = "04"
    /// The longest lifetime that ``init(appID:userID:now:lifetimeSeconds:privileges:random:)`` takes: ten years.
    package static let maximumLifetimeSeconds: Int64 = 315_360_000

    package let appID: AppID
    package let userID: UserID
    /// Seconds since 1970.
    package let createdAt: Int64
    /// Seconds since 1970; from then on it is refused.
    package let expiresAt: Int64
    /// Makes every token another one.
    package let nonce: Int64
    /// Nil: a basic token, which allows everything to its user.
    package let privileges: TokenPrivileges?

    package init(
        appID: AppID, userID: UserID, createdAt: Int64, expiresAt: Int64, nonce: Int64,
        privileges: TokenPrivileges? = nil
    ) {
        self.appID = appID
        self.userID = userID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.nonce = nonce
        self.privileges = privileges
    }

    /// A new token.
    /// - Parameters:
    ///   - now: the wall clock, in seconds since 1970.
    ///   - lifetimeSeconds: from 1 to ``maximumLifetimeSeconds``, else 1000017 is thrown.
    package init(
        appID: AppID, userID: UserID, now: Int64, lifetimeSeconds: Int64, privileges: TokenPrivileges? = nil,
        random: inout some RandomNumberGenerator
    ) throws(ZegoError) {
        guard (1...Self.maximumLifetimeSeconds).contains(lifetimeSeconds) else {
            throw ZegoError(
                .illegalParameter, detail: "a token lives from 1 to \(Self.maximumLifetimeSeconds) seconds")
        }
        // The generators of the vendor draw from the range of an int32.
        let nonce = Int64(Int32.random(in: .min ... .max, using: &random))
        self.init(
            appID: appID, userID: userID, createdAt: now, expiresAt: now + lifetimeSeconds, nonce: nonce,
            privileges: privileges)
    }

    // MARK: Writing

    /// The token's text with a random IV. Throws 1002074 when the library fails.
    package func sealed(with secret: ServerSecret, random: inout some RandomNumberGenerator) throws(ZegoError) -> String
    {
        let iv = (0..<TokenCipher.blockBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
        return try sealed(with: secret, iv: iv)
    }

    /// The token's text with an IV of 16 bytes, which must not be used twice with one secret. Throws 1002074 when the
    /// IV has another length or the library fails.
    package func sealed(with secret: ServerSecret, iv: [UInt8]) throws(ZegoError) -> String {
        let json: JSONValue = [
            "app_id": .integer(Int64(appID.rawValue)), "user_id": .string(userID.rawValue),
            "ctime": .integer(createdAt), "expire": .integer(expiresAt), "nonce": .integer(nonce),
            "payload": .string(privileges?.payload ?? ""),
        ]
        guard let ciphertext = TokenCipher.encrypt(json.serialized(), secret: secret, iv: iv),
            let length = UInt16(exactly: ciphertext.count)
        else { throw ZegoError(.tokenInnerError) }
        var blob = Self.bigEndian(UInt64(bitPattern: expiresAt)) + Self.bigEndian(UInt16(iv.count)) + iv
        blob += Self.bigEndian(length) + ciphertext
        return Self.version + Base64.encode(blob)
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    // MARK: Reading

    /// Opens a token's text, whoever it is for and however old it is.
    ///
    /// Throws 1002079 for another version, 1002080 for a nonce that is no integer, and 1002075 for everything else that
    /// is wrong: what cannot be decrypted and what decrypts to nonsense are not told apart.
    package init(reading text: String, secret: ServerSecret) throws(ZegoError) {
        guard text.utf8.count <= LoginAuthentication.maximumTokenBytes, text.utf8.count >= 2,
            text.utf8.prefix(2).allSatisfy({ (0x30...0x39).contains($0) })
        else { throw ZegoError(.tokenFormatError) }
        guard text.hasPrefix(Self.version) else { throw ZegoError(.tokenVersionError) }
        guard let blob = Base64.decode(text.dropFirst(2)), let (iv, ciphertext) = Self.parts(of: blob),
            let plaintext = TokenCipher.decrypt(ciphertext, secret: secret, iv: iv),
            let json = try? JSONValue(parsing: plaintext), let contents = Contents(json)
        else { throw ZegoError(.tokenFormatError) }
        guard let nonce = contents.nonce else { throw ZegoError(.tokenNonceTypeError) }
        self.init(
            appID: contents.appID, userID: contents.userID, createdAt: contents.createdAt,
            expiresAt: contents.expiresAt, nonce: nonce, privileges: contents.privileges)
    }

    private static func parts(of blob: [UInt8]) -> (iv: [UInt8], ciphertext: [UInt8])? {
        let ciphertextStart = 28
        guard blob.count > ciphertextStart, blob[8] == 0, blob[9] == TokenCipher.blockBytes,
            Int(blob[26]) << 8 | Int(blob[27]) == blob.count - ciphertextStart
        else { return nil }
        return (Array(blob[10..<26]), Array(blob[ciphertextStart...]))
    }

    /// The encrypted JSON, in any order of keys; further keys are passed over.
    private struct Contents {
        let appID: AppID
        let userID: UserID
        let createdAt: Int64
        let expiresAt: Int64
        /// Nil when it is no integer.
        let nonce: Int64?
        let privileges: TokenPrivileges?

        init?(_ json: JSONValue) {
            guard let appNumber = json["app_id"]?.integer, let appID = try? AppID(appNumber),
                let user = json["user_id"]?.string, let userID = try? UserID(user),
                let createdAt = json["ctime"]?.integer, let expiresAt = json["expire"]?.integer,
                let payload = json["payload"]?.string
            else { return nil }
            self.appID = appID
            self.userID = userID
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            nonce = json["nonce"]?.integer
            if payload.isEmpty {
                privileges = nil
            } else {
                guard let read = TokenPrivileges(payload: payload) else { return nil }
                privileges = read
            }
        }
    }

    // MARK: Checking

    /// Checks that the token is of the application (else 1002076), of the user (1002077; nil: whoever it names) and has
    /// not expired (1002078). `now` is the wall clock in seconds since 1970.
    package func verify(appID: AppID, userID: UserID?, now: Int64) throws(ZegoError) {
        guard self.appID == appID else { throw ZegoError(.tokenAppIDError) }
        if let userID, self.userID != userID { throw ZegoError(.tokenUserIDError) }
        guard now < expiresAt else { throw ZegoError(.tokenExpired) }
    }

    /// Whether the bearer may be in the room, as far as privileges go.
    package func allowsLogin(to room: RoomID) -> Bool {
        privileges?.allowsLogin(to: room) ?? true
    }

    /// Whether the bearer may publish the stream, as far as privileges go.
    package func allowsPublishing(_ stream: StreamID) -> Bool {
        privileges?.allowsPublishing(stream) ?? true
    }
}
