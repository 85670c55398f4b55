/// The name of a stream, unique in an application: 1 to 255 characters of `[A-Za-z0-9_-]`.
package struct StreamID: Hashable, Sendable, CustomStringConvertible {
    package static let maximumBytes = 255

    package let rawValue: String

    /// Checks length and characters; throws 1000015 (empty), 1000014 (too long) or 1000016 (character).
    package init(_ text: String) throws(ZegoError) {
        guard !text.isEmpty else { throw ZegoError(.streamIDNull) }
        guard text.utf8.count <= Self.maximumBytes else { throw ZegoError(.streamIDTooLong) }
        guard text.unicodeScalars.allSatisfy(IdentifierCharacters.isAllowedInStream) else {
            throw ZegoError(.streamIDInvalidCharacter)
        }
        rawValue = text
    }

    package var description: String { rawValue }
}
