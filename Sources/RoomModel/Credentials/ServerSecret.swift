/// The key with which an application's tokens are encrypted: 32 characters of printable ASCII. Its description hides it.
package struct ServerSecret: Hashable, Sendable {
    package static let characters = 32

    /// The 32 characters: for the owner's eyes and the file of the applications.
    package let text: String

    /// Nil unless `text` is 32 printable characters of ASCII.
    package init?(_ text: String) {
        guard text.utf8.count == Self.characters, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// A new secret: 32 random digits and lower-case letters a–f, as the vendor's console makes them (128 random bits).
    package init(random: inout some RandomNumberGenerator) {
        text = Hexadecimal.encode((0..<Self.characters / 2).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
}

extension ServerSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<ServerSecret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
