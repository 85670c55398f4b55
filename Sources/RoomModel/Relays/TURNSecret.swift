import COpenSSL

/// The secret that a room server shares with its TURN servers (coturn's `use-auth-secret`). From it both know the
/// passwords of users that neither has ever heard of (draft-uberti-behave-turn-rest). Its description hides it.
package struct TURNSecret: Hashable, Sendable {
    /// How long credentials are good for a new allocation; what the draft recommends.
    package static let lifetimeSeconds: Int64 = 86_400

    private let text: String

    /// Nil for an empty text.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
    }

    /// The user name `expiry:userID`, and its password: the HMAC-SHA1 of the name under the secret, in base64.
    package func credentials(userID: String, unixSeconds: Int64) -> (username: String, password: String) {
        let username = "\(unixSeconds + Self.lifetimeSeconds):\(userID)"
        let key = Array(text.utf8)
        let message = Array(username.utf8)
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        // HMAC fails only when memory is out or SHA-1 is missing in the library; then the password opens nothing.
        let result = HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &output, &length)
        return (username, result == nil ? "" : Base64.encode(Array(output.prefix(Int(length)))))
    }
}

extension TURNSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<TURNSecret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
