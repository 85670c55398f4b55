import JSONRPC

/// An event as the catalogue announces it.
package struct EventDescription: Sendable {
    package let name: String
    package let summary: String
    /// The fields beyond `seq`, `instance`, `time` and `event`.
    package let fields: [String]
    /// Whether it takes no number and is the latest value of something.
    package let isVolatile: Bool

    init(_ name: String, _ summary: String, fields: [String], isVolatile: Bool = false) {
        self.name = name
        self.summary = summary
        self.fields = fields
        self.isVolatile = isVolatile
    }

    var json: JSONValue {
        [
            "name": .string(name), "summary": .string(summary), "fields": .array(fields.map { .string($0) }),
            "volatile": .bool(isVolatile),
        ]
    }

    /// All events of the control API that this daemon raises.
    package static let all: [EventDescription] = [
        .init("snapshot", "the status, at the start and after an overflow", fields: ["status"]),
        .init(
            "engine-state", "the engine was created, runs, stopped or was destroyed", fields: ["state", "errorCode"]),
        .init(
            "room-state", "a login, a loss of the connection or the end of a room",
            fields: ["roomID", "reason", "errorCode", "extendedData"]),
        .init(
            "user-update", "users came or left; only with isUserStatusNotify",
            fields: ["roomID", "updateType", "userList"]),
        .init("online-user-count", "how many are in the room", fields: ["roomID", "count"]),
        .init(
            "stream-update", "streams of others came or went",
            fields: ["roomID", "updateType", "streamList", "extendedData"]),
        .init("stream-extra-info", "others wrote another text to their streams", fields: ["roomID", "streamList"]),
        .init("room-extra-info", "others wrote in the room", fields: ["roomID", "roomExtraInfoList"]),
        .init(
            "broadcast-message", "a message of another user to all",
            fields: ["roomID", "fromUser", "message", "messageID", "sendTime"]),
        .init(
            "barrage-message", "a message of another user to all who were connected",
            fields: ["roomID", "fromUser", "message", "messageID", "sendTime"]),
        .init(
            "custom-command", "a command of another user",
            fields: ["roomID", "fromUser", "command", "messageID", "sendTime"]),
        .init("token-will-expire", "30 s before a token expires", fields: ["roomID", "remainSeconds"]),
        .init(
            "publisher-state", "a stream is requested, published, or no longer",
            fields: ["streamID", "state", "errorCode", "extendedData"]),
        .init(
            "player-state", "a stream is requested, played, or no longer",
            fields: ["streamID", "state", "errorCode", "extendedData"]),
        .init("publisher-first-frame", "the first audio was sent", fields: ["streamID", "elapsedMs"]),
        .init("player-first-frame", "the first audio was received", fields: ["streamID", "elapsedMs"]),
        .init(
            "publisher-quality", "how a stream leaves, every 3 s",
            fields: ["streamID", "kbps", "rttMs", "packetLostRate"], isVolatile: true),
        .init(
            "player-quality", "how a stream arrives and sounds, every 3 s",
            fields: [
                "streamID", "kbps", "rttMs", "packetLostRate", "concealedRate", "jitterBufferMs", "endToEndMs", "mos",
            ], isVolatile: true),
        .init(
            "network-quality", "the level of the connection, every 2 s",
            fields: ["userID", "upstream", "downstream"], isVolatile: true),
        .init("sound-level", "levels 0–100 while monitored", fields: ["captured", "remote"], isVolatile: true),
        .init("remote-mic-state", "a remote publisher muted or lost its device", fields: ["streamID", "state"]),
        .init(
            "device-state", "a sound device appeared, vanished, failed or returned; message says why it does not run",
            fields: ["type", "deviceID", "state", "errorCode", "message"]),
        .init(
            "recording-state", "a recording has started, is complete, or has failed",
            fields: ["path", "type", "state", "errorCode"]),
        .init("audio-thread", "realtime priority refused, a burst of xruns, recovery", fields: ["problem"]),
        .init("debug-error", "a misuse or an internal failure", fields: ["code", "function", "info"]),
        .init("bookmark", "30 s without an event", fields: []),
        .init("overflow", "this reader fell behind; a snapshot follows", fields: ["dropped", "lastSeq"]),
    ]
}
