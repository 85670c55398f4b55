import JSONRPC
import RoomModel
import RoomServer
import Testing

/// A client of a ``SignalingRig``.
final class SignalingRigClient {
    let rig: SignalingRig
    private(set) var connection: ConnectionID
    private(set) var nonce = ""
    private(set) var loginResult: LoginResult?
    /// The last `seq` that this client has seen.
    private(set) var lastSeq: UInt64 = 0
    private var lastID: Int64 = 0
    private var tracks: [NegotiatedTrack] = []
    private var kept: [JSONValue] = []

    init(rig: SignalingRig, connection: ConnectionID) throws {
        self.rig = rig
        self.connection = connection
        try readChallenge()
    }

    var sessionID: SessionID { SessionID(loginResult?.sessionID ?? "") }
    var isClosed: CloseReason? { rig.closed[connection] }

    private func readChallenge() throws {
        let message = try #require(rig.take(connection).first)
        #expect(message["method"] == "challenge")
        nonce = try Challenge(json: try #require(message["params"])).nonce
    }

    // MARK: Requests

    func send(_ text: String) {
        rig.receive(connection, Array(text.utf8))
    }

    /// Sends a request and returns its response, if one came at once; what else came is kept for ``notifications()``.
    func call(_ method: String, _ params: JSONValue, id: Int64? = nil) -> Result<JSONValue, JSONRPCError>? {
        lastID += 1
        let id = id ?? lastID
        rig.receive(
            connection, JSONRPCRequest(id: .integer(id), method: method, params: params).json.serialized())
        return response(to: id)
    }

    func response(to id: Int64) -> Result<JSONValue, JSONRPCError>? {
        var response: Result<JSONValue, JSONRPCError>?
        for message in rig.take(connection) {
            if message["id"] == .integer(id), case .response(let found)? = try? JSONRPCMessage(json: message) {
                #expect(response == nil, "two replies")
                response = found.result
            } else {
                kept.append(message)
            }
        }
        return response
    }

    func result(_ method: String, _ params: JSONValue, id: Int64? = nil) throws -> JSONValue {
        guard let reply = call(method, params, id: id) else { throw NoReply() }
        return try reply.get()
    }

    /// The reply did not come at once.
    struct NoReply: Error {}

    /// The error number of the reply.
    func errorCode(_ method: String, _ params: JSONValue) -> Int? {
        if case .failure(let error)? = call(method, params) { error.code } else { nil }
    }

    func loginParams(
        _ userID: String, room: String = "room1", notify: Bool = true, maxMemberCount: UInt32 = 0
    ) throws -> LoginRequest {
        let roomID = try RoomID(room)
        let user = User(userID: try UserID(userID))
        let proof = AppSignProof.make(
            appSign: rig.app.appSign, nonce: nonce, appID: rig.app.appID, userID: user.userID, roomID: roomID)
        return LoginRequest(
            appID: rig.app.appID, roomID: roomID, user: user,
            configuration: LoginConfiguration(isUserStatusNotify: notify, maxMemberCount: maxMemberCount),
            authentication: .proof(proof))
    }

    @discardableResult
    func login(
        _ userID: String, room: String = "room1", notify: Bool = true, maxMemberCount: UInt32 = 0
    ) throws -> LoginResult {
        let request = try loginParams(userID, room: room, notify: notify, maxMemberCount: maxMemberCount)
        let result = try LoginResult(json: result("login", request.json))
        if result.sessionID != loginResult?.sessionID { lastSeq = 0 }
        loginResult = result
        return result
    }

    /// Negotiates with one more published stream; returns its error number.
    func publish(_ streamID: String, room: String = "room1") throws -> ZegoErrorCode {
        try negotiate(
            adding: .publish(streamID: StreamID(streamID), roomID: RoomID(room), extraInfo: .none)
        ).errorCode
    }

    /// Negotiates with one more played stream.
    func play(_ streamID: String) throws -> TrackOutcome {
        try negotiate(adding: .play(streamID: StreamID(streamID), roomID: nil))
    }

    private func negotiate(adding use: NegotiatedTrack.Use) throws -> TrackOutcome {
        let track = NegotiatedTrack(mid: "\(tracks.count)", use: use)
        let request = NegotiateRequest(sdp: "offer", tracks: tracks + [track])
        let result = try NegotiateResult(json: result("negotiate", request.json))
        let outcome = try #require(result.tracks.last)
        if outcome.errorCode == .success { tracks.append(track) }
        return outcome
    }

    // MARK: The connection

    /// Loses the connection without a word.
    func lose() {
        rig.lose(connection)
    }

    /// Opens another connection, without resuming.
    func reconnect() throws {
        let fresh = try rig.connect()
        connection = fresh.connection
        nonce = fresh.nonce
        kept = []
    }

    func resume() throws -> [SignalingNotification] {
        let login = try #require(loginResult)
        let request = ResumeRequest(sessionID: login.sessionID, resumeKey: login.resumeKey, lastSeq: lastSeq)
        let missed = try ResumeResult(json: result("resume", request.json)).notifications
        for notification in missed { see(notification.seq) }
        return missed.map(\.notification)
    }

    // MARK: Notifications

    /// The notifications since the last call; their numbers have to be without gaps.
    func notifications() throws -> [SignalingNotification] {
        let all = kept + rig.take(connection)
        kept = []
        // Late replies are not what is asked for here.
        return try all.filter { $0["id"] == nil }.map { message in
            guard case .string(let method)? = message["method"], let params = message["params"] else {
                throw JSONShapeError(path: "", expected: "notification", got: message.description)
            }
            let numbered = try NumberedNotification(method: method, params: params)
            see(numbered.seq)
            return numbered.notification
        }
    }

    /// What came, in short words.
    func heard() throws -> [String] {
        try notifications().map(Self.words)
    }

    private func see(_ seq: UInt64) {
        #expect(seq == lastSeq + 1, "a gap in the numbers")
        lastSeq = seq
    }

    static func words(_ notification: SignalingNotification) -> String {
        switch notification {
        case .userUpdate(let update):
            "user \(update.updateType) \(update.userList.map(\.userID.rawValue).joined(separator: ","))"
        case .streamUpdate(let update):
            "stream \(update.updateType) \(update.streamList.map(\.streamID.rawValue).joined(separator: ","))"
                + (update.streamList.first.flatMap { update.deleteReasons[$0.streamID] }.map { " \($0.rawValue)" } ?? "")
        case .onlineUserCount(let count): "count \(count.count)"
        case .streamExtraInfo(let update):
            "streaminfo \(update.streamList.map { "\($0.streamID)=\($0.extraInfo.text)" }.joined(separator: ","))"
        case .roomExtraInfo(let update):
            "roominfo \(update.roomExtraInfoList.map { "\($0.key)=\($0.value)" }.joined(separator: ","))"
        case .message(let message): "\(message.kind) \(message.fromUser.userID) \(message.text.text)"
        case .remoteMicState(let state): "mic \(state.streamID) \(state.state.rawValue)"
        case .kickOut(let kick):
            "kick \(kick.errorCode.number)" + (kick.roomID.map { " \($0)" } ?? "")
                + (kick.message.map { " \($0)" } ?? "")
        case .tokenWillExpire(let notice): "expire \(notice.roomID) \(notice.remainSeconds)"
        case .publishState(let state): "publish \(state.streamID) \(state.state.rawValue) \(state.errorCode.number)"
        case .playState(let state): "play \(state.streamID) \(state.state.rawValue) \(state.errorCode.number)"
        case .reconnect: "reconnect"
        case .unknown(let method): "unknown \(method)"
        }
    }
}
