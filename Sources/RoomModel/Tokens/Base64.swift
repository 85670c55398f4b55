import COpenSSL

/// Bytes as base64 (RFC 4648, section 4: `+`, `/`, padded) and back.
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> String {
        // Four characters for three bytes, and the NUL that OpenSSL writes behind them.
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let length = EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
        return String(decoding: text.prefix(Int(length)), as: UTF8.self)
    }

    /// Nil for anything that is not whole, padded base64.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
        // OpenSSL passes over white space and does not look where the padding stands.
        guard characters.count.isMultiple(of: 4), characters.count <= Int(Int32.max),
            characters.dropLast(padding).allSatisfy(isOfAlphabet)
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: characters.count / 4 * 3)
        guard EVP_DecodeBlock(&bytes, characters, Int32(characters.count)) == bytes.count else { return nil }
        return Array(bytes.dropLast(padding))
    }

    private static func isOfAlphabet(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
