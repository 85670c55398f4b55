/// The nine reasons of `onRoomStateChanged`.
package enum RoomStateReason: String, Sendable {
    case logining
    case logined
    case loginFailed = "login-failed"
    case reconnecting
    case reconnected
    case reconnectFailed = "reconnect-failed"
    case kickOut = "kick-out"
    case logout
    case logoutFailed = "logout-failed"

    /// True while media may flow: the user is in the room.
    package var isInRoom: Bool { self == .logined || self == .reconnected }

    /// True when the room is over and a new login may begin.
    package var isFinal: Bool {
        switch self {
        case .loginFailed, .reconnectFailed, .kickOut, .logout: true
        default: false
        }
    }
}
