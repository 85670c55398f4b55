import RoomModel

/// A room among all rooms of a server.
struct RoomKey: Hashable, Sendable {
    let appID: AppID
    let roomID: RoomID
}
