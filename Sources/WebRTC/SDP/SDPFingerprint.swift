/// A certificate's fingerprint (RFC 8122, section 5).
package struct SDPFingerprint: Hashable, Sendable {
    /// In lower case: `sha-256`.
    package var algorithm: String
    package var digest: [UInt8]

    package init(algorithm: String, digest: [UInt8]) {
        self.algorithm = algorithm
        self.digest = digest
    }

    /// Reads `sha-256 4A:AD:…`, in any case.
    package init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        algorithm = parts[0].lowercased()
        digest = []
        for octet in parts[1].split(separator: ":", omittingEmptySubsequences: false) {
            guard octet.utf8.count == 2, let byte = UInt8(octet, radix: 16) else { return nil }
            digest.append(byte)
        }
        guard 16...64 ~= digest.count else { return nil }
    }

    /// `sha-256 4A:AD:…`
    package var text: String {
        "\(algorithm) " + digest.map(Self.hexadecimal).joined(separator: ":")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + digits : digits
    }
}
