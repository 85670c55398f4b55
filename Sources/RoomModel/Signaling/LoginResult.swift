package import JSONRPC

/// The result of `login`: the session and the room as it is. What changes afterwards comes in notifications, whose
/// `seq` goes on from one to the next over the whole session.
package struct LoginResult: SignalingMessage {
    /// The session's name; the same for each room of the session.
    package let sessionID: String
    /// The secret that ``ResumeRequest`` has to show.
    package let resumeKey: String
    /// The room's current life: it changes when the room was empty in between.
    package let roomSessionID: String
    /// The other users, oldest first; empty unless both sides set `isUserStatusNotify`.
    package let users: [User]
    /// The streams of others, oldest first.
    package let streams: [StreamDescription]
    package let roomExtraInfo: [RoomExtraInfo]
    /// STUN and TURN servers for the client's ICE agent.
    package let iceServers: [ICEServer]
    /// How often the client sends `ping`, in milliseconds; a connection silent for three of them is closed.
    package let pingIntervalMs: Int
    /// How long the session waits for `resume` after the last byte heard, in milliseconds.
    package let departureTimeoutMs: Int
    package let limits: SessionLimits
    /// Seconds until the token expires; nil without a token.
    package let tokenRemainSeconds: Int?

    package init(
        sessionID: String, resumeKey: String, roomSessionID: String, users: [User], streams: [StreamDescription],
        roomExtraInfo: [RoomExtraInfo], iceServers: [ICEServer], pingIntervalMs: Int, departureTimeoutMs: Int,
        limits: SessionLimits, tokenRemainSeconds: Int?
    ) {
        self.sessionID = sessionID
        self.resumeKey = resumeKey
        self.roomSessionID = roomSessionID
        self.users = users
        self.streams = streams
        self.roomExtraInfo = roomExtraInfo
        self.iceServers = iceServers
        self.pingIntervalMs = pingIntervalMs
        self.departureTimeoutMs = departureTimeoutMs
        self.limits = limits
        self.tokenRemainSeconds = tokenRemainSeconds
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        sessionID = try reader.string("sessionID")
        resumeKey = try reader.string("resumeKey")
        roomSessionID = try reader.string("roomSessionID")
        users = try reader.list("users")
        streams = try reader.list("streams")
        roomExtraInfo = try reader.list("roomExtraInfo")
        iceServers = try reader.list("iceServers")
        pingIntervalMs = try reader.integer("pingIntervalMs", in: 100...3_600_000)
        departureTimeoutMs = try reader.integer("departureTimeoutMs", in: 0...86_400_000)
        limits = try SessionLimits(json: reader.value("limits", expected: "object"), path: "limits")
        tokenRemainSeconds = try reader.optionalInteger("tokenRemainSeconds")
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "sessionID": .string(sessionID), "resumeKey": .string(resumeKey), "roomSessionID": .string(roomSessionID),
            "users": users.json, "streams": streams.json, "roomExtraInfo": roomExtraInfo.json,
            "iceServers": iceServers.json, "pingIntervalMs": .integer(Int64(pingIntervalMs)),
            "departureTimeoutMs": .integer(Int64(departureTimeoutMs)), "limits": limits.json,
        ]
        if let tokenRemainSeconds { object["tokenRemainSeconds"] = .integer(Int64(tokenRemainSeconds)) }
        return .object(object)
    }
}
