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
    /// The room's one key, once somebody wrote it.
    var extraInfo: RoomExtraInfo?
    var rates: RoomRates
    /// How often users came or went, and streams, as webhooks number it.
    var userChanges: UInt64 = 0
    var streamChanges: UInt64 = 0

    /// How many sessions each user has in the room: an engine or a page, and those of WHIP and WHEP.
    private var presences: [UserID: Presence] = [:]

    private struct Presence {
        var sessions = 0
        /// Those that the others hear of.
        var visibleSessions = 0
    }

    /// What a session's coming or going means for its user.
    struct Change {
        /// The user is in the room now, or no longer.
        let presence: Bool
        /// Others that want to hear of users have to hear of this one.
        let visibility: Bool
    }

    /// A session in the room.
    struct Member {
        let session: Session
        let isUserStatusNotify: Bool
    }

    init(key: RoomKey, sessionID: String, maxMemberCount: UInt32, now: MonotonicTime) {
        self.key = key
        self.sessionID = sessionID
        self.maxMemberCount = maxMemberCount
        rates = RoomRates(now: now)
    }

    /// The session as a member of the room.
    func member(_ session: SessionID) -> Member? {
        members.first { $0.session.id == session }
    }

    /// Users, each counted once.
    var userCount: Int { presences.count }

    /// Whether there is no place for this user; one that is in the room has its place.
    func isFull(for user: UserID) -> Bool {
        maxMemberCount > 0 && presences[user] == nil && userCount >= Int(maxMemberCount)
    }

    func add(_ member: Member) -> Change {
        members.append(member)
        var presence = presences[member.session.user.userID] ?? Presence()
        presence.sessions += 1
        if member.isUserStatusNotify { presence.visibleSessions += 1 }
        presences[member.session.user.userID] = presence
        return Change(
            presence: presence.sessions == 1, visibility: member.isUserStatusNotify && presence.visibleSessions == 1)
    }

    /// Takes the session out; nil when it was not in.
    func remove(_ session: SessionID) -> Change? {
        guard let index = members.firstIndex(where: { $0.session.id == session }) else { return nil }
        let member = members.remove(at: index)
        var presence = presences[member.session.user.userID] ?? Presence()
        presence.sessions -= 1
        if member.isUserStatusNotify { presence.visibleSessions -= 1 }
        presences[member.session.user.userID] = presence.sessions > 0 ? presence : nil
        return Change(
            presence: presence.sessions == 0, visibility: member.isUserStatusNotify && presence.visibleSessions == 0)
    }

    /// The users whom somebody that wants to hear of users is told, in the order of their coming.
    func visibleUsers(except user: UserID) -> [User] {
        var seen: Set<UserID> = [user]
        return members.compactMap { member in
            member.isUserStatusNotify && seen.insert(member.session.user.userID).inserted ? member.session.user : nil
        }
    }

    /// The users, each once, as an operator sees them.
    var userSnapshots: [RoomSnapshot.Member] {
        let sessions = Dictionary(grouping: members) { $0.session.user.userID }
        var seen: Set<UserID> = []
        return members.compactMap { member in
            let user = member.session.user
            guard seen.insert(user.userID).inserted else { return nil }
            let all = sessions[user.userID] ?? []
            return RoomSnapshot.Member(
                user: user, isUserStatusNotify: all.contains(where: \.isUserStatusNotify),
                connected: all.contains(where: \.session.isConnected))
        }
    }

    func add(_ stream: PublishedStream) {
        streams.append(stream)
    }

    func remove(_ stream: StreamKey) {
        streams.removeAll { $0.key == stream }
    }
}
