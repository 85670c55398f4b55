/// The name of a user, unique in an application: 1 to 63 bytes of letters, digits and the SDK's punctuation.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package static let maximumBytes = 63

    package let rawValue: String

    /// Checks length and characters; throws 1002005 (empty), 1002007 (too long) or 1002006 (character).
    package init(_ text: String) throws(ZegoError) {
        guard !text.isEmpty else { throw ZegoError(.userIDNull) }
        guard text.utf8.count <= Self.maximumBytes else { throw ZegoError(.userIDTooLong) }
        guard text.unicodeScalars.allSatisfy(IdentifierCharacters.isAllowedInRoomOrUser) else {
            throw ZegoError(.userIDInvalidCharacter)
        }
        rawValue = text
    }

    package var description: String { rawValue }
}
