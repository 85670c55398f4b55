import COpenSSL

/// AES-256-CBC with PKCS#7 padding, as tokens are encrypted: the key is the 32 characters of the ServerSecret.
enum TokenCipher {
    static let blockBytes = 16

    /// Nil only when the library fails.
    static func encrypt(_ plaintext: [UInt8], secret: ServerSecret, iv: [UInt8]) -> [UInt8]? {
        run(plaintext + padding(for: plaintext.count), secret: secret, iv: iv, encrypting: true)
    }

    /// The plaintext of whole blocks; nil only when the library fails.
    ///
    /// There is no MAC, so whether the padding was good must not be told apart from what the plaintext holds: the
    /// padding is looked at in constant time, and where it is bad the whole last block is taken for plaintext, which the
    /// reader of the plaintext then refuses like any other damage.
    static func decrypt(_ ciphertext: [UInt8], secret: ServerSecret, iv: [UInt8]) -> [UInt8]? {
        guard !ciphertext.isEmpty, ciphertext.count.isMultiple(of: blockBytes),
            let blocks = run(ciphertext, secret: secret, iv: iv, encrypting: false)
        else { return nil }
        return Array(blocks.dropLast(paddingLength(of: blocks.suffix(blockBytes))))
    }

    private static func padding(for count: Int) -> [UInt8] {
        let length = blockBytes - count % blockBytes
        return [UInt8](repeating: UInt8(length), count: length)
    }

    /// The length of a good padding, 0 for a bad one; without a branch on the bytes.
    private static func paddingLength(of lastBlock: ArraySlice<UInt8>) -> Int {
        let length = Int(lastBlock.last ?? 0)
        // All ones where the length is not within 1...16.
        var bad = (length - 1) >> 63 | (blockBytes - length) >> 63
        for (index, byte) in lastBlock.enumerated() {
            // All ones where this byte belongs to the padding.
            let belongs = (blockBytes - 1 - index - length) >> 63
            bad |= belongs & (Int(byte) ^ length)
        }
        // 1 where anything was bad, then all ones where nothing was.
        let isGood = ((bad | -bad) >> 63) + 1
        return length & -isGood
    }

    private static func run(
        _ input: [UInt8], secret: ServerSecret, iv: [UInt8], encrypting: Bool
    ) -> [UInt8]? {
        guard iv.count == blockBytes, let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: input.count + blockBytes)
        var length: Int32 = 0
        guard EVP_CipherInit_ex(context, EVP_aes_256_cbc(), nil, Array(secret.text.utf8), iv, encrypting ? 1 : 0) == 1,
            EVP_CIPHER_CTX_set_padding(context, 0) == 1,
            EVP_CipherUpdate(context, &output, &length, input, Int32(input.count)) == 1
        else { return nil }
        // Without padding of the library's own, the last call has nothing to add for whole blocks.
        return Array(output.prefix(Int(length)))
    }
}
