/// The key of an application that clients prove: 32 bytes, written as 64 hexadecimal digits. It never crosses the
/// network and never appears in a log: its description hides it.
package struct AppSign: Hashable, Sendable {
    package static let digits = 64

    /// The 32 bytes of the key.
    package let bytes: [UInt8]

    /// Reads 64 hexadecimal digits; throws 1001003 (empty), 1001001 (length) or 1001002 (character).
    package init(hexadecimal text: String) throws(ZegoError) {
        guard !text.isEmpty else { throw ZegoError(.appSignNull) }
        guard text.utf8.count == Self.digits else { throw ZegoError(.appSignInvalidLength) }
        guard let bytes = Hexadecimal.decode(text) else { throw ZegoError(.appSignInvalidCharacter) }
        self.bytes = bytes
    }

    /// A new key from a generator of 32 random bytes.
    package init(random: inout some RandomNumberGenerator) {
        bytes = (0..<Self.digits / 2).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// The 64 digits, lower case: for the owner's eyes (`zegoctl app show`) and the file of the applications.
    package var hexadecimal: String { Hexadecimal.encode(bytes) }
}

extension AppSign: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<AppSign>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
