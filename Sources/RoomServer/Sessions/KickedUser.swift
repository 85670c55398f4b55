import RoomModel

/// Who was put out of which room.
package struct KickedUser: Hashable, Sendable {
    package let appID: AppID
    package let roomID: RoomID
    package let userID: UserID
}
