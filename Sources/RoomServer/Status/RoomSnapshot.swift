import RoomModel

/// A room at one moment.
package struct RoomSnapshot: Sendable {
    package let appID: AppID
    package let roomID: RoomID
    package let roomSessionID: String
    /// 0: no limit.
    package let maxMemberCount: UInt32
    /// In the order of their logins.
    package let users: [Member]
    /// In the order of their publishing.
    package let streams: [StreamDescription]

    /// A user of the room.
    package struct Member: Sendable {
        package let user: User
        package let isUserStatusNotify: Bool
        /// Whether its signalling connection, or its media by WHIP or WHEP, is there at this moment.
        package let connected: Bool
    }
}
