/// The name of a room: 1 to 127 bytes of letters, digits and the SDK's punctuation.
package struct RoomID: Hashable, Sendable, CustomStringConvertible {
    package static let maximumBytes = 127

    package let rawValue: String

    /// Checks length and characters; throws 1002011 (empty), 1002013 (too long) or 1002012 (character).
    package init(_ text: String) throws(ZegoError) {
        guard !text.isEmpty else { throw ZegoError(.roomIDNull) }
        guard text.utf8.count <= Self.maximumBytes else { throw ZegoError(.roomIDTooLong) }
        guard text.unicodeScalars.allSatisfy(IdentifierCharacters.isAllowedInRoomOrUser) else {
            throw ZegoError(.roomIDInvalidCharacter)
        }
        rawValue = text
    }

    package var description: String { rawValue }
}
