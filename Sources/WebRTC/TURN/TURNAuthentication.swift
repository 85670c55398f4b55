import RTP

/// The long-term credential mechanism (RFC 8489, section 9.2) on the client's side: what the server's challenge said,
/// and the key that comes of it and the password.
struct TURNAuthentication {
    /// What an answer of the server to a request without, or with outdated, authentication leads to.
    enum Outcome: Equatable {
        /// The request is to be sent again.
        case again
        /// The server wants what this client does not do, or says nothing sensible.
        case impossible
    }

    /// All that goes into each request fits into ``TURNClient/maximumRequestLength``.
    private static let maximumBytes = 1200
    private static let nonceCookie = Array("obMatJos2".utf8)

    private let username: [UInt8]
    private let password: String
    private var realm: [UInt8] = []
    private var nonce: [UInt8] = []
    /// PASSWORD-ALGORITHMS as the server sent it, which is to be sent back; nil: a server of before RFC 8489.
    private var offeredAlgorithms: [UInt8]?
    private var algorithm = TURNKey.md5
    /// Nil before the first challenge.
    private(set) var key: STUNKey?

    init(username: String, password: String) {
        self.username = Array(username.utf8)
        self.password = password
    }

    /// Takes REALM, NONCE and PASSWORD-ALGORITHMS of a 401 or 438.
    mutating func take(_ challenge: STUNMessage) -> Outcome {
        guard let realm = challenge.value(of: STUNAttribute.realm).map(Array.init),
            let nonce = challenge.value(of: STUNAttribute.nonce).map(Array.init), !nonce.isEmpty
        else { return .impossible }
        var algorithm = TURNKey.md5
        var offered: [UInt8]?
        if let features = Self.securityFeatures(of: nonce) {
            offered = challenge.value(of: STUNAttribute.passwordAlgorithms).map(Array.init)
            // Bit 0 says that algorithms were offered: without them somebody has taken them out (section 9.2.5).
            guard offered != nil || features & 0x80_0000 == 0 else { return .impossible }
            if let offered {
                guard let best = Self.best(of: offered) else { return .impossible }
                algorithm = best
            }
        }
        let length = username.count + realm.count + nonce.count + (offered?.count ?? 0)
        guard username.count <= 508, length <= Self.maximumBytes else { return .impossible }
        let isSameKey =
            key != nil && realm == self.realm && algorithm == self.algorithm
            && (offered == nil) == (offeredAlgorithms == nil)
        self.realm = realm
        self.nonce = nonce
        self.algorithm = algorithm
        offeredAlgorithms = offered
        if !isSameKey { key = makeKey() }
        return key == nil ? .impossible : .again
    }

    /// USERNAME, REALM, NONCE, the algorithm and MESSAGE-INTEGRITY; nothing before the first challenge.
    func sign(_ writer: inout STUNWriter) {
        guard let key else { return }
        writer.addUsername(username)
        writer.add(STUNAttribute.realm, realm)
        writer.add(STUNAttribute.nonce, nonce)
        if let offeredAlgorithms {
            writer.add(STUNAttribute.passwordAlgorithms, offeredAlgorithms)
            // The algorithm has no parameters.
            writer.add(STUNAttribute.passwordAlgorithm, UInt32(algorithm) << 16)
        }
        writer.addIntegrity(key)
    }

    /// The 24 bits behind the cookie at the head of a nonce (section 9.2); nil without the cookie.
    private static func securityFeatures(of nonce: [UInt8]) -> UInt32? {
        guard nonce.starts(with: nonceCookie), nonce.count >= nonceCookie.count + 4 else { return nil }
        var bits: UInt32 = 0
        for character in nonce[nonceCookie.count..<(nonceCookie.count + 4)] {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
        }
        return bits
    }

    /// SHA-256 where it is offered, else MD5; nil for neither.
    private static func best(of offered: [UInt8]) -> UInt16? {
        var found: UInt16?
        offered.withUnsafeBytes { offered in
            var offset = 0
            while offset + 4 <= offered.count {
                let number = offered.bigEndianUInt16(at: offset)
                if number == TURNKey.sha256 || number == TURNKey.md5, found != TURNKey.sha256 { found = number }
                offset += 4 + (Int(offered.bigEndianUInt16(at: offset + 2)) + 3) & ~3
            }
        }
        return found
    }

    private func makeKey() -> STUNKey? {
        TURNKey.make(username: username, realm: realm, password: password, algorithm: algorithm)
            .map { STUNKey(bytes: $0, digest: offeredAlgorithms == nil ? .sha1 : .sha256) }
    }
}
