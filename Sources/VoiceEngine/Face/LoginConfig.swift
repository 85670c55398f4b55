/// `config` of `loginRoom`.
package struct LoginConfig: Sendable, Equatable {
    /// A Token04 instead of the AppSign's proof.
    package var token: String?
    /// Whether `user-update` is wanted, and whether others may hear of this user.
    package var isUserStatusNotify = false
    /// How many users the room takes, 0 for no limit; the first user of a room decides.
    package var maxMemberCount = 0

    package init(token: String? = nil, isUserStatusNotify: Bool = false, maxMemberCount: Int = 0) {
        self.token = token
        self.isUserStatusNotify = isUserStatusNotify
        self.maxMemberCount = maxMemberCount
    }
}
