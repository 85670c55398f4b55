import JSONRPC
import RoomModel
import VoiceEngine

/// Messages to the other users of a room, and the texts on streams and rooms.
enum MessageMethods {
    static let all: [Method<ControlContext>] = [broadcast, barrage, command, roomExtraInfo, streamExtraInfo]

    private static let roomID = Parameter.required("roomID", .string(), "the room, which one is in")
    private static let message = Parameter.required("message", .string(), "1 to 1024 bytes")
    private static let errors: [ErrorDescription] = [
        .sdk(.notLoggedIn), .sdk(.messageRoomInconsistent), .sdk(.messageNull), .sdk(.messageTooLong),
        .sdk(.messageSendFailed), .sdk(.roomCallsTooFrequent),
    ]

    private static let broadcast = Method<ControlContext>(
        "sendBroadcastMessage", "Sends a message to all others in the room, reliably: at most two a second.",
        parameters: [roomID, message],
        result: [.required("messageID", .integer(0...Int64.max), "by which receivers know it too")],
        errors: errors + [.sdk(.broadcastTooFrequent)]
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().sendBroadcastMessage(
            roomID: reader.string("roomID"), message: reader.string("message"))
        return reply(result, .broadcast)
    }

    private static let barrage = Method<ControlContext>(
        "sendBarrageMessage",
        "Sends a message to all others who are connected at this moment: at most twenty a second in a room.",
        parameters: [roomID, message],
        result: [.required("messageID", .string(), "by which receivers know it too")], errors: errors
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().sendBarrageMessage(
            roomID: reader.string("roomID"), message: reader.string("message"))
        return reply(result, .barrage)
    }

    private static let command = Method<ControlContext>(
        "sendCustomCommand",
        "Sends a command to some users, or to all others: at most 200 a second to one, ten a second to several.",
        parameters: [
            roomID, .required("command", .string(), "1 to 1024 bytes"),
            .optional(
                "toUserList", .array(of: .string(), maximumCount: SendCustomCommandRequest.maximumUsers),
                default: [], "userIDs; empty: all others"),
        ],
        result: [.required("messageID", .integer(0...Int64.max), "by which receivers know it too")], errors: errors
    ) { call in
        var reader = call.reader
        let result = try await call.context.engine().sendCustomCommand(
            roomID: reader.string("roomID"), command: reader.string("command"),
            toUserList: reader.optionalStrings("toUserList") ?? [])
        return reply(result, .customCommand)
    }

    private static func reply(_ result: MessageResult, _ kind: RoomMessage.Kind) -> Reply {
        Reply(["messageID": result.messageID.json(of: kind)], seq: result.lastSeq)
    }

    private static let roomExtraInfo = Method<ControlContext>(
        "setRoomExtraInfo", "Writes the room's one key; the others get room-extra-info.",
        parameters: [
            roomID, .required("key", .string(), "1 to 10 bytes; a room has one key"),
            .required("value", .string(), "at most 128 bytes"),
        ],
        errors: [
            .sdk(.notLoggedIn), .sdk(.roomIDIncorrect), .sdk(.roomExtraInfoKeyEmpty), .sdk(.roomExtraInfoKeyTooLong),
            .sdk(.roomExtraInfoValueTooLong), .sdk(.roomExtraInfoTooManyKeys), .sdk(.roomCallsTooFrequent),
        ]
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().setRoomExtraInfo(
                roomID: reader.string("roomID"), key: reader.string("key"), value: reader.string("value")))
    }

    private static let streamExtraInfo = Method<ControlContext>(
        "setStreamExtraInfo",
        "Attaches a text to the stream of a channel, before or while it is published; the others get stream-extra-info.",
        parameters: [.required("extraInfo", .string(), "less than 1024 bytes; empty: none"), .channel],
        errors: [.sdk(.streamExtraInfoTooLong), .sdk(.updateExtraInfoFailed), .sdk(.roomCallsTooFrequent)],
        memory: .setting("streamExtraInfo", by: "channel")
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().setStreamExtraInfo(reader.string("extraInfo"), channel: reader.channel()))
    }
}
