import COpenSSL

/// The key of the long-term credential mechanism (RFC 8489, sections 9.2.2 and 18.5.1).
package enum TURNKey {
    /// The algorithms' numbers in PASSWORD-ALGORITHM.
    package static let md5: UInt16 = 1
    package static let sha256: UInt16 = 2

    /// The hash of `username:realm:password`; nil where OpenSSL lacks the algorithm.
    package static func make(username: [UInt8], realm: [UInt8], password: String, algorithm: UInt16) -> [UInt8]? {
        let text = username + [UInt8(ascii: ":")] + realm + Array(":\(password)".utf8)
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let digest = algorithm == sha256 ? EVP_sha256() : EVP_md5()
        guard EVP_Digest(text, text.count, &hash, &length, digest, nil) == 1 else { return nil }
        return Array(hash.prefix(Int(length)))
    }
}
