import RoomModel

/// A user among all users of a server: its name is unique in its application, over all rooms.
struct UserKey: Hashable, Sendable {
    let appID: AppID
    let userID: UserID
}
