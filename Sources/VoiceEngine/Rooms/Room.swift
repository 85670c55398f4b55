import JSONRPC
import RoomModel

/// One room as this engine knows it: a value that is told what happened and answers the events that say so.
///
/// What is already known is not told again: a list that comes twice, or a whole list after a re-connection, gives only
/// the difference. Oneself, and one's own streams, are never in the lists.
package struct Room: Sendable {
    package let roomID: RoomID
    package let user: User
    package private(set) var config: LoginConfig
    package private(set) var reason: RoomStateReason = .logout
    package private(set) var errorCode = 0
    /// What is said of the failure beyond its number, for people.
    package private(set) var errorDetail: String?
    package private(set) var roomSessionID = ""
    /// In the order in which they became known.
    package private(set) var users: [User] = []
    package private(set) var streams: [StreamDescription] = []
    /// Everybody, oneself included.
    package private(set) var onlineUserCount = 0
    /// What is written in the room, by others or by us.
    package private(set) var extraInfo: [RoomExtraInfo] = []

    package init(roomID: RoomID, user: User, config: LoginConfig) {
        self.roomID = roomID
        self.user = user
        self.config = config
    }

    // MARK: State

    /// `loginRoom` was called.
    package mutating func loginBegan() -> [EngineEvent] {
        changed(to: .logining)
    }

    /// The room server let us in, at first or anew on a new session: state, users, streams, texts, in this order.
    package mutating func loggedIn(
        roomSessionID: String, users: [User], streams: [StreamDescription], extraInfo: [RoomExtraInfo] = []
    ) -> [EngineEvent] {
        self.roomSessionID = roomSessionID
        var events = changed(
            to: reason == .logining ? .logined : .reconnected, extendedData: ["roomSessionID": .string(roomSessionID)])
        events += replaceUsers(users)
        events += replaceStreams(streams)
        events += replaceExtraInfo(extraInfo)
        return events
    }

    /// The session was taken up again on a new connection: nothing was lost, what was missed follows as updates.
    package mutating func resumed() -> [EngineEvent] {
        reason == .reconnecting ? changed(to: .reconnected) : []
    }

    /// The connection broke. A login that is under way goes on as if nothing had been.
    package mutating func connectionLost() -> [EngineEvent] {
        reason.isInRoom ? changed(to: .reconnecting, errorCode: ZegoErrorCode.connectionTemporarilyBroken.number) : []
    }

    /// The room server refused, or the retry window ran out: the end of this room.
    ///
    /// - Parameter detail: goes into `extendedData` as `message`.
    package mutating func failed(_ code: ZegoErrorCode, detail: String? = nil) -> [EngineEvent] {
        guard !reason.isFinal else { return [] }
        errorDetail = detail
        let extendedData: JSONObject = detail.map { ["message": .string($0)] } ?? [:]
        return ended(reason == .logining ? .loginFailed : .reconnectFailed, code.number, extendedData)
    }

    /// The room server put us out.
    ///
    /// - Parameter message: what the operator of the server says about it; `custom_kickout_message` in the event, as the
    ///   vendor has it.
    package mutating func kickedOut(_ code: Int, message: String? = nil) -> [EngineEvent] {
        let extendedData: JSONObject = message.map { ["custom_kickout_message": .string($0)] } ?? [:]
        return reason.isFinal ? [] : ended(.kickOut, code, extendedData)
    }

    /// `renewToken`: for the next login.
    package mutating func renewed(_ token: String) {
        config.token = token
    }

    /// `logoutRoom`, in whatever state.
    package mutating func loggedOut() -> [EngineEvent] {
        reason.isFinal ? [] : ended(.logout, 0)
    }

    private mutating func ended(
        _ reason: RoomStateReason, _ errorCode: Int, _ extendedData: JSONObject = [:]
    ) -> [EngineEvent] {
        users = []
        streams = []
        onlineUserCount = 0
        extraInfo = []
        return changed(to: reason, errorCode: errorCode, extendedData: extendedData)
    }

    private mutating func changed(
        to reason: RoomStateReason, errorCode: Int = 0, extendedData: JSONObject = [:]
    ) -> [EngineEvent] {
        self.reason = reason
        self.errorCode = errorCode
        return [.roomState(roomID: roomID.rawValue, reason: reason, errorCode: errorCode, extendedData: extendedData)]
    }

    // MARK: Members

    /// Users came.
    package mutating func addUsers(_ added: [User]) -> [EngineEvent] {
        let new = added.filter { user in
            user.userID != self.user.userID && !users.contains { $0.userID == user.userID }
        }
        guard !new.isEmpty else { return [] }
        users += new
        return userUpdate(.add, new)
    }

    /// Users left.
    package mutating func deleteUsers(_ deleted: [User]) -> [EngineEvent] {
        let identities = Set(deleted.map(\.userID))
        let gone = users.filter { identities.contains($0.userID) }
        guard !gone.isEmpty else { return [] }
        users.removeAll { identities.contains($0.userID) }
        return userUpdate(.delete, gone)
    }

    /// The whole list, after a login: those who left, then those who came.
    private mutating func replaceUsers(_ all: [User]) -> [EngineEvent] {
        let identities = Set(all.map(\.userID))
        let gone = users.filter { !identities.contains($0.userID) }
        return deleteUsers(gone) + addUsers(all)
    }

    private func userUpdate(_ type: UpdateType, _ list: [User]) -> [EngineEvent] {
        config.isUserStatusNotify
            ? [.userUpdate(roomID: roomID.rawValue, updateType: type, userList: list)] : []
    }

    /// How many users there are, as the server counts.
    package mutating func counted(_ count: Int) -> [EngineEvent] {
        onlineUserCount = count
        return [.onlineUserCount(roomID: roomID.rawValue, count: count)]
    }

    // MARK: Streams

    /// Streams began. One that is known already is told only when another publishes it now.
    package mutating func addStreams(
        _ added: [StreamDescription], extendedData: JSONObject = [:]
    ) -> [EngineEvent] {
        let others = added.filter { $0.user.userID != user.userID }
        let replaced = others.filter { stream in
            streams.contains { $0.streamID == stream.streamID && $0.user.userID != stream.user.userID }
        }
        var events = deleteStreams(replaced.map(\.streamID))
        let new = others.filter { stream in !streams.contains { $0.streamID == stream.streamID } }
        guard !new.isEmpty else { return events }
        streams += new
        events.append(
            .streamUpdate(
                roomID: roomID.rawValue, updateType: .add, streamList: new, extendedData: extendedData))
        return events
    }

    /// Streams ended.
    package mutating func deleteStreams(
        _ deleted: [StreamID], extendedData: JSONObject = [:]
    ) -> [EngineEvent] {
        let identities = Set(deleted)
        let gone = streams.filter { identities.contains($0.streamID) }
        guard !gone.isEmpty else { return [] }
        streams.removeAll { identities.contains($0.streamID) }
        return [
            .streamUpdate(
                roomID: roomID.rawValue, updateType: .delete, streamList: gone, extendedData: extendedData)
        ]
    }

    private mutating func replaceStreams(_ all: [StreamDescription]) -> [EngineEvent] {
        let identities = Set(all.map(\.streamID))
        let gone = streams.filter { !identities.contains($0.streamID) }
        return deleteStreams(gone.map(\.streamID)) + addStreams(all) + changedStreams(all)
    }

    /// Publishers wrote another text to their streams.
    package mutating func changedStreams(_ changed: [StreamDescription]) -> [EngineEvent] {
        var told: [StreamDescription] = []
        for stream in changed {
            guard let index = streams.firstIndex(where: { $0.streamID == stream.streamID }),
                streams[index].user.userID == stream.user.userID, streams[index].extraInfo != stream.extraInfo
            else { continue }
            streams[index].extraInfo = stream.extraInfo
            told.append(streams[index])
        }
        return told.isEmpty ? [] : [.streamExtraInfo(roomID: roomID.rawValue, streamList: told)]
    }

    /// Whether somebody else in this room publishes the stream.
    package func hasStream(_ streamID: StreamID) -> Bool {
        streams.contains { $0.streamID == streamID }
    }

    // MARK: What is written in the room

    /// Others wrote in the room.
    package mutating func changedExtraInfo(_ infos: [RoomExtraInfo]) -> [EngineEvent] {
        for info in infos { keep(info) }
        return infos.isEmpty ? [] : [.roomExtraInfo(roomID: roomID.rawValue, roomExtraInfoList: infos)]
    }

    /// We wrote in the room, which the caller knows without an event.
    package mutating func wroteExtraInfo(_ info: RoomExtraInfo) {
        keep(info)
    }

    /// All that is written, after a login: only what is new. What is gone, because the room was empty meanwhile, has become
    /// an empty text.
    private mutating func replaceExtraInfo(_ all: [RoomExtraInfo]) -> [EngineEvent] {
        var changed = all.filter { info in !extraInfo.contains { $0.key == info.key && $0.value == info.value } }
        for old in extraInfo where !old.value.isEmpty && !all.contains(where: { $0.key == old.key }) {
            changed.append(old.emptied)
        }
        return changedExtraInfo(changed)
    }

    private mutating func keep(_ info: RoomExtraInfo) {
        if let index = extraInfo.firstIndex(where: { $0.key == info.key }) {
            extraInfo[index] = info
        } else {
            extraInfo.append(info)
        }
    }

    // MARK: Snapshot

    /// As `status` shows it.
    package var snapshot: EngineSnapshot.Room {
        EngineSnapshot.Room(
            roomID: roomID.rawValue, reason: reason, errorCode: errorCode, user: user, roomSessionID: roomSessionID,
            isUserStatusNotify: config.isUserStatusNotify, userList: config.isUserStatusNotify ? users : [],
            streamList: streams, onlineUserCount: onlineUserCount,
            roomExtraInfo: JSONObject(extraInfo.map { ($0.key, .string($0.value)) }))
    }
}
