import COpenSSL

/// The HMAC of MESSAGE-INTEGRITY under one key: an ICE password (short-term credentials, RFC 8489, section 9.1.1) or a
/// TURN user's key (``TURNCredentials``). The OpenSSL context is made once and used again for each message. One instance
/// belongs to one thread.
package final class STUNKey {
    /// The two attributes that carry an HMAC (RFC 8489, sections 14.5 and 14.6).
    package enum Digest: Sendable {
        /// MESSAGE-INTEGRITY.
        case sha1
        /// MESSAGE-INTEGRITY-SHA256, here always of full length.
        case sha256

        var macLength: Int { self == .sha1 ? 20 : 32 }
    }

    let digest: Digest
    private let context: OpaquePointer?

    /// `password`: of `a=ice-pwd`; its characters are ASCII, so that OpaqueString preparation changes nothing.
    package convenience init(password: String) {
        self.init(bytes: Array(password.utf8), digest: .sha1)
    }

    package init(bytes: [UInt8], digest: Digest) {
        self.digest = digest
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        context = EVP_MAC_CTX_new(algorithm)
        EVP_MAC_free(algorithm)  // The context holds its own reference.
        var name = Array((digest == .sha1 ? "SHA1" : "SHA256").utf8CString)
        name.withUnsafeMutableBufferPointer { name in
            // OpenSSL keeps both pointers in the parameter: a literal would be gone when the construction returns.
            "digest".withCString { key in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                _ = EVP_MAC_init(context, bytes, bytes.count, &parameters)
            }
        }
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// The HMAC of the message up to the attribute that carries it, with the length field set as if the message ended
    /// there; the first ``Digest/macLength`` bytes of the result.
    func mac(of message: UnsafeRawBufferPointer, integrityAt offset: Int) -> InlineArray<32, UInt8> {
        var mac = InlineArray<32, UInt8>(repeating: 0)
        let length = UInt16(truncatingIfNeeded: offset + 4 + digest.macLength - STUNMessage.headerLength)
        guard let base = message.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return mac }
        var bigEndianLength = length.bigEndian
        var written = 0
        // Without a key the context starts over with the one that it has.
        var succeeded = EVP_MAC_init(context, nil, 0, nil) == 1
        succeeded = EVP_MAC_update(context, base, 2) == 1 && succeeded
        withUnsafeBytes(of: &bigEndianLength) { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            succeeded = EVP_MAC_update(context, bytes.baseAddress, 2) == 1 && succeeded
        }
        succeeded = EVP_MAC_update(context, base + 4, offset - 4) == 1 && succeeded
        withUnsafeMutableBytes(of: &mac) { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            succeeded = EVP_MAC_final(context, bytes.baseAddress, &written, bytes.count) == 1 && succeeded
        }
        // HMAC over memory fails only when OpenSSL has no memory or lacks the digest; nothing may be accepted then.
        precondition(succeeded && written == digest.macLength, "OpenSSL cannot compute the HMAC")
        return mac
    }
}
