/// A user of a room: the identity, and the name that others see.
package struct User: Hashable, Sendable {
    package static let maximumNameBytes = 255

    package let userID: UserID
    /// At most 255 bytes, without control characters; may be empty (the SDK allows it since 3.17).
    package let userName: String

    /// Checks the name; throws 1002010 (too long) or 1002009 (control character).
    package init(userID: UserID, userName: String) throws(ZegoError) {
        guard userName.utf8.count <= Self.maximumNameBytes else { throw ZegoError(.userNameTooLong) }
        guard !userName.unicodeScalars.contains(where: IdentifierCharacters.isControl) else {
            throw ZegoError(.userNameInvalidCharacter)
        }
        self.userID = userID
        self.userName = userName
    }

    /// A user named like its identity: what an absent `userName` means.
    package init(userID: UserID) {
        self.userID = userID
        userName = userID.rawValue
    }
}
