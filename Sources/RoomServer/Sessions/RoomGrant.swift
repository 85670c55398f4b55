import RoomModel

/// What a session may do in a room, by what it showed when it came in.
struct RoomGrant: Sendable {
    /// Nil: it proved that it holds the AppSign, which allows everything and does not expire.
    let token: Token04?
    /// Whether its client was told that the token expires soon.
    var isExpiryTold = false

    static let appSign = RoomGrant(token: nil)

    /// Whether a stream may be published. A token that has expired since the login ends nothing that runs, but allows
    /// nothing new. `now`: seconds since 1970.
    func allowsPublishing(_ stream: StreamID, now: Int64) -> Bool {
        guard let token else { return true }
        return now < token.expiresAt && token.allowsPublishing(stream)
    }

    /// Seconds until the token expires, 0 when it has; nil without one.
    func remainSeconds(now: Int64) -> Int? {
        token.map { Int(max(0, $0.expiresAt - now)) }
    }
}
