import Transport

/// The username fragment and password of one side of an ICE session (RFC 8445, section 5.3).
package struct ICECredentials: Hashable, Sendable {
    package let ufrag: String
    package let password: String

    package init(ufrag: String, password: String) {
        self.ufrag = ufrag
        self.password = password
    }

    /// New ones: a ufrag of `prefix` and at least 47 random bits that stays within ``UfragKey``'s 16 characters, a
    /// password of 142 bits.
    init(prefix: String, random: inout RandomSource) {
        ufrag = prefix + random.token(8)
        password = random.token(24)
    }
}
