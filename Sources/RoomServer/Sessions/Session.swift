import RoomModel
import Transport

/// A user who is logged in: one session, one transport, up to five rooms. It outlives its connection until the
/// departure time-out. Confined to its ``SignalingMachine``.
final class Session {
    let id: SessionID
    /// What a resume has to show.
    let resumeKey: String
    let appID: AppID
    let user: User
    /// Nil while it waits for a resume.
    var connection: ConnectionID?
    var lastHeard: MonotonicTime
    /// In the order of their logins.
    var rooms: [Room] = []
    /// What it may do in each of its rooms.
    var grants: [RoomID: RoomGrant] = [:]
    var notifications = NotificationLog(capacity: SignalingSettings.keptNotifications)
    var replies = ReplyCache(capacity: SignalingSettings.keptReplies)
    var publishing: [StreamID: PublishedStream] = [:]
    /// By mid.
    var playing: [String: StreamID] = [:]
    var negotiation: PendingNegotiation?
    /// When ICE and DTLS were done; nil before, and while the media is lost.
    var mediaConnectedAt: MonotonicTime?

    init(
        id: SessionID, resumeKey: String, appID: AppID, user: User, connection: ConnectionID, now: MonotonicTime
    ) {
        self.id = id
        self.resumeKey = resumeKey
        self.appID = appID
        self.user = user
        self.connection = connection
        lastHeard = now
    }

    var userKey: UserKey { UserKey(appID: appID, userID: user.userID) }

    func room(_ roomID: RoomID) -> Room? {
        rooms.first { $0.key.roomID == roomID }
    }

    func streamKey(_ streamID: StreamID) -> StreamKey {
        StreamKey(app: appID, stream: streamID)
    }

    func plays(_ streamID: StreamID) -> Bool {
        playing.values.contains(streamID)
    }
}
