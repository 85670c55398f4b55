import JSONRPC
import RoomModel

/// What a receiver of webhooks is told.
extension SignalingMachine {
    func hookRoomCreated(_ room: Room, by user: UserID) {
        hook("room_create", room) { time in
            [
                "room_session_id": .string(room.sessionID), "room_create_time": time,
                "id_name": .string(user.rawValue),
            ]
        }
    }

    func hookRoomClosed(_ room: Room, _ reason: StreamDeleteReason) {
        hook("room_close", room) { time in
            [
                "room_session_id": .string(room.sessionID), "close_reason": .integer(reason.roomCloseReason),
                "room_close_time": time,
            ]
        }
    }

    func hookLogin(_ session: Session, _ room: Room) {
        guard settings.tellsWebhooks else { return }
        room.userChanges += 1
        hook("room_login", room) { time in
            user(session, room).merging(["login_time": time, "user_update_seq": .string("\(room.userChanges)")])
        }
    }

    func hookLogout(_ session: Session, _ room: Room, _ reason: StreamDeleteReason) {
        guard settings.tellsWebhooks else { return }
        room.userChanges += 1
        let isExpiry = reason == .kickedOut && session.kickCode == .tokenExpiredKickedOut
        hook("room_logout", room) { time in
            user(session, room).merging([
                "logout_time": time, "reason": .string(isExpiry ? "4" : reason.logoutReason),
                "user_update_seq": .string("\(room.userChanges)"),
            ])
        }
    }

    func hookStreamCreated(_ stream: PublishedStream, _ room: Room) {
        guard settings.tellsWebhooks else { return }
        room.streamChanges += 1
        stream.createdAt = wallClock()
        hook("stream_create", room) { time in
            self.stream(stream, room).merging([
                "create_time": .string("\(Int64(stream.createdAt / 1000))"), "create_time_ms": time,
                "extra_info": .string(stream.description.extraInfo.text), "recreate": "0",
                "publish_id": .string(stream.description.user.userID.rawValue),
                "publish_name": .string(stream.description.user.userName),
            ])
        }
    }

    func hookStreamClosed(_ stream: PublishedStream, _ room: Room, _ reason: StreamDeleteReason) {
        guard settings.tellsWebhooks else { return }
        room.streamChanges += 1
        hook("stream_close", room) { time in
            self.stream(stream, room).merging([
                "type": .string(reason.streamCloseType), "create_time_ms": .string("\(Int64(stream.createdAt))"),
                "destroy_timemillis": time,
            ])
        }
    }

    private func user(_ session: Session, _ room: Room) -> JSONObject {
        [
            "room_seq": .string(room.sessionID), "user_account": .string(session.user.userID.rawValue),
            "user_nickname": .string(session.user.userName), "session_id": .string(session.id.text),
        ]
    }

    private func stream(_ stream: PublishedStream, _ room: Room) -> JSONObject {
        let streamID = JSONValue.string(stream.key.stream.rawValue)
        return [
            "room_session_id": .string(room.sessionID),
            "user_id": .string(stream.description.user.userID.rawValue),
            "user_name": .string(stream.description.user.userName), "channel_id": .string(room.key.roomID.rawValue),
            "stream_id": streamID, "stream_alias": streamID, "stream_seq": .string("\(room.streamChanges)"),
        ]
    }

    /// - Parameter fields: are given the time in milliseconds since 1970.
    private func hook(_ name: String, _ room: Room, _ fields: (JSONValue) -> JSONObject) {
        guard settings.tellsWebhooks else { return }
        let head: JSONObject = ["room_id": .string(room.key.roomID.rawValue)]
        let event = WebhookEvent(
            name: name, appID: room.key.appID,
            fields: head.merging(fields(.string("\(Int64(wallClock()))"))))
        effects.append(.webhook(event))
    }
}

extension StreamDeleteReason {
    /// `close_reason` of a room whose last user left so.
    fileprivate var roomCloseReason: Int64 {
        switch self {
        case .publisherStopped: 0
        case .heartbeatTimeout: 1
        case .disconnected: 2
        case .repeatedLogin, .kickedOut, .removedByServer: 3
        }
    }

    /// `reason` of a user who left so.
    fileprivate var logoutReason: String {
        switch self {
        case .publisherStopped: "0"
        case .heartbeatTimeout: "1"
        case .disconnected: "2"
        case .repeatedLogin, .kickedOut, .removedByServer: "3"
        }
    }

    /// `type` of a stream that ended so.
    fileprivate var streamCloseType: String {
        switch self {
        case .publisherStopped: "0"
        case .heartbeatTimeout: "1"
        case .repeatedLogin: "2"
        case .kickedOut: "3"
        case .disconnected: "4"
        case .removedByServer: "5"
        }
    }
}
