/// The rooms of a server at one moment, for `rooms`, `users`, `streams` of the admin socket.
package struct RoomServerSnapshot: Sendable {
    package let rooms: [RoomSnapshot]
}
