import RoomModel
import Transport

/// A room with somebody in it: made by the first login, gone with the last logout.
final class Room {
    let key: RoomKey
    /// This life of the room.
    let sessionID: String
    /// 0: no limit; set by the login that made the room.
    let maxMemberCount: UInt32
    /// In the order of their logins.
    private(set) var members: [Member] = []
    /// In the order of their publishing.
    private(set) var streams: [PublishedStream] = []
    /// The number of users that all members were told, and when; nil before the first time.
    var toldCount: (count: Int, at: MonotonicTime)?

    /// A session in the room.
    struct Member {
        let session: Session
        let isUserStatusNotify: Bool
    }

    init(key: RoomKey, sessionID: String, maxMemberCount: UInt32) {
        self.key = key
        self.sessionID = sessionID
        self.maxMemberCount = maxMemberCount
    }

    func add(_ member: Member) {
        members.append(member)
    }

    /// Takes the session out; nil when it was not in.
    func remove(_ session: SessionID) -> Member? {
        members.firstIndex { $0.session.id == session }.map { members.remove(at: $0) }
    }

    func add(_ stream: PublishedStream) {
        streams.append(stream)
    }

    func remove(_ stream: StreamKey) {
        streams.removeAll { $0.key == stream }
    }
}
