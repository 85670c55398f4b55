import Transport

extension RandomSource {
    /// Random bytes as hexadecimal digits.
    package mutating func hexadecimal(_ count: Int) -> String {
        bytes(count).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
