import COpenSSL

/// SRTP's key derivation (RFC 3711 section 4.3, with a key derivation rate of 0; RFC 7714 section 11 for GCM): AES in
/// counter mode under the master key, begun at the salt with the label mixed in.
package enum KeyDerivation {
    /// What a session key is for.
    package enum Label: UInt8, Sendable {
        case rtpEncryption = 0
        case rtpAuthentication = 1
        case rtpSalt = 2
        case rtcpEncryption = 3
        case rtcpAuthentication = 4
        case rtcpSalt = 5
    }

    /// `length` bytes of the session key for `label`.
    ///
    /// - Throws: ``SRTPError/cryptography``.
    package static func sessionKey(_ label: Label, length: Int, from master: SRTPMasterKey) throws(SRTPError) -> [UInt8]
    {
        // The salt is 112 bits; GCM's 96 bits are followed by zeros. The label stands in its eighth byte, and the block
        // counter in the last two bytes of the block.
        var block = master.salt + [UInt8](repeating: 0, count: 16 - master.salt.count)
        block[7] ^= label.rawValue
        guard let context = EVP_CIPHER_CTX_new() else { throw .cryptography }
        defer { EVP_CIPHER_CTX_free(context) }
        let zeros = [UInt8](repeating: 0, count: length)
        var key = zeros
        var written: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), nil, master.key, block) == 1,
            EVP_EncryptUpdate(context, &key, &written, zeros, Int32(length)) == 1, Int(written) == length
        else { throw .cryptography }
        return key
    }
}
