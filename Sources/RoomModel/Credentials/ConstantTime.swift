import COpenSSL

/// Comparison of secrets in a time that does not depend on where they differ.
package enum ConstantTime {
    /// Whether both are the same, and not empty: an empty secret is never equal to anything.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count, !left.isEmpty else { return false }
        return CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// The same for texts, by their UTF-8.
    package static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }
}
