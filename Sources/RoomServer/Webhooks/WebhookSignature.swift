import COpenSSL
import RoomModel

/// By what a receiver knows that a request is ours: the SHA-1, in hexadecimal, of the secret, the time and the nonce, sorted
/// by their bytes and joined.
package enum WebhookSignature {
    package static func make(secret: String, timestamp: String, nonce: String) -> String {
        let joined = [secret, timestamp, nonce].map { Array($0.utf8) }
            .sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(joined, joined.count, &digest)
        return Hexadecimal.encode(digest)
    }
}
