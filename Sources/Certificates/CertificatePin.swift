import COpenSSL

/// The SHA-256 of a certificate's DER: by it a client knows a server's certificate whoever issued it.
package struct CertificatePin: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Reads 64 hexadecimal digits of either case, with or without colons between bytes, as `openssl x509 -fingerprint
    /// -sha256` and ``description`` print them; nil for anything else.
    package init?(_ text: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            // A colon stands between bytes, never inside one.
            if character == UInt8(ascii: ":"), high == nil, !bytes.isEmpty { continue }
            guard let digit = Self.value(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The pin of OpenSSL's certificate; nil when OpenSSL is out of memory.
    package init?(x509 certificate: OpaquePointer) {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &length) == 1, length == 32 else { return nil }
        bytes = digest
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension CertificatePin: CustomStringConvertible {
    /// Upper-case digits with a colon between bytes.
    package var description: String {
        let digits = Array("0123456789ABCDEF".utf8)
        let pairs = bytes.map { String(decoding: [digits[Int($0 >> 4)], digits[Int($0 & 15)]], as: UTF8.self) }
        return pairs.joined(separator: ":")
    }
}
