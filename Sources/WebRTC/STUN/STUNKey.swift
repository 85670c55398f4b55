import COpenSSL

/// The HMAC-SHA1 of MESSAGE-INTEGRITY under one key: an ICE password (short-term credentials, RFC 8489, section 9.1.1).
/// The OpenSSL context is made once and used again for each message. One instance belongs to one thread.
package final class STUNKey {
    static let macLength = 20

    private let context: OpaquePointer?

    /// `password`: of `a=ice-pwd`; its characters are ASCII, so that OpaqueString preparation changes nothing.
    package init(password: String) {
        let key = Array(password.utf8)
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        context = EVP_MAC_CTX_new(algorithm)
        EVP_MAC_free(algorithm)  // The context holds its own reference.
        var digest = Array("SHA1".utf8CString)
        digest.withUnsafeMutableBufferPointer { digest in
            var parameters = [
                OSSL_PARAM_construct_utf8_string("digest", digest.baseAddress, 0), OSSL_PARAM_construct_end(),
            ]
            _ = EVP_MAC_init(context, key, key.count, &parameters)
        }
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// The HMAC of the message up to its MESSAGE-INTEGRITY attribute, with the length field set as if the message
    /// ended there (RFC 8489, section 14.5).
    func mac(of message: UnsafeRawBufferPointer, integrityAt offset: Int) -> InlineArray<20, UInt8> {
        var mac = InlineArray<20, UInt8>(repeating: 0)
        let length = UInt16(truncatingIfNeeded: offset + 24 - STUNMessage.headerLength)
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
            succeeded = EVP_MAC_final(context, bytes.baseAddress, &written, Self.macLength) == 1 && succeeded
        }
        // HMAC over memory fails only when OpenSSL has no memory or no SHA-1 at all; nothing may be accepted then.
        precondition(succeeded && written == Self.macLength, "OpenSSL cannot compute HMAC-SHA1")
        return mac
    }
}
