import RoomModel
import Transport

/// A user who is logged in: one session, one transport, up to five rooms. It outlives its connection until the
/// departure time-out. That of a WHIP or WHEP client has no connection and one room. Confined to its ``SignalingMachine``.
final class Session {
    let id: SessionID
    /// Nil: its client speaks signalling.
    let resource: ResourceKind?
    /// The room that a WHIP or WHEP client enters when its offer is answered.
    let home: RoomKey?
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
    /// On which connection it entered each of its rooms.
    var entries: [RoomID: ConnectionID] = [:]
    var notifications = NotificationLog(capacity: SignalingSettings.keptNotifications)
    var replies = ReplyCache(capacity: SignalingSettings.keptReplies)
    var publishing: [StreamID: PublishedStream] = [:]
    /// By mid.
    var playing: [String: StreamID] = [:]
    var negotiation: PendingNegotiation?
    /// When ICE and DTLS were done; nil before, and while the media is lost.
    var mediaConnectedAt: MonotonicTime?
    /// Whether they ever were.
    var hasConnected = false
    var rates: SessionRates
    /// Why it was put out of a room last.
    var kickCode: ZegoErrorCode?

    init(
        id: SessionID, resumeKey: String, appID: AppID, user: User, connection: ConnectionID, now: MonotonicTime
    ) {
        self.id = id
        resource = nil
        home = nil
        self.resumeKey = resumeKey
        self.appID = appID
        self.user = user
        self.connection = connection
        lastHeard = now
        rates = SessionRates(now: now)
    }

    /// Of a WHIP or WHEP client, which cannot resume.
    init(id: SessionID, resource: ResourceKind, appID: AppID, user: User, home: RoomKey, now: MonotonicTime) {
        self.id = id
        self.resource = resource
        self.home = home
        resumeKey = ""
        self.appID = appID
        self.user = user
        lastHeard = now
        rates = SessionRates(now: now)
    }

    var userKey: UserKey { UserKey(appID: appID, userID: user.userID) }

    /// Whether its client is there at this moment.
    var isConnected: Bool { resource == nil ? connection != nil : mediaConnectedAt != nil }

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
