import COpenSSL
import RoomModel
import Testing
import Transport

/// Tokens with whatever inside, right or wrong, made from the description of the format.
enum TokenForge {
    /// - Parameter padded: false: the plaintext is whole blocks and gets no padding.
    static func seal(
        _ plaintext: [UInt8], secret: ServerSecret, padded: Bool, random: inout RandomSource
    ) throws -> String {
        let iv = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        let context = try #require(EVP_CIPHER_CTX_new())
        defer { EVP_CIPHER_CTX_free(context) }
        #expect(EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), nil, Array(secret.text.utf8), iv) == 1)
        EVP_CIPHER_CTX_set_padding(context, padded ? 1 : 0)
        var output = [UInt8](repeating: 0, count: plaintext.count + 32)
        var (length, rest): (Int32, Int32) = (0, 0)
        let updated = EVP_EncryptUpdate(context, &output, &length, plaintext, Int32(plaintext.count))
        let ended = output.withUnsafeMutableBufferPointer { buffer in
            EVP_EncryptFinal_ex(context, buffer.baseAddress.map { $0 + Int(length) }, &rest)
        }
        #expect(updated == 1 && ended == 1)
        let ciphertext = Array(output.prefix(Int(length + rest)))
        func bigEndian(_ value: UInt64, bytes: Int) -> [UInt8] {
            (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }
        let blob =
            bigEndian(9_999_999_999, bytes: 8) + bigEndian(16, bytes: 2) + iv
            + bigEndian(UInt64(ciphertext.count), bytes: 2) + ciphertext
        var text = [UInt8](repeating: 0, count: (blob.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&text, blob, Int32(blob.count))
        return "04" + String(decoding: text.prefix(Int(count)), as: UTF8.self)
    }
}
