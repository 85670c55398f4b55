import JSONRPC
import RoomModel
import VoiceEngine

/// Rooms: login, logout, who is in them.
enum RoomMethods {
    static let all: [Method<ControlContext>] = [login, logout, switchRoom, renewToken, streamList, userList]

    private static let login = Method<ControlContext>(
        "loginRoom", "Enters a room; answers when logged in or failed.",
        parameters: [
            .required("roomID", .string(), "the room, 1 to 127 bytes; made if it does not exist"),
            .required(
                "user",
                .object([
                    .required("userID", .string(), "unique in the application, 1 to 63 bytes"),
                    .optional("userName", .string(), "what others see, at most 255 bytes; absent: the userID"),
                ]), "who enters"),
            config, .wait,
        ],
        result: loginResult,
        errors: [
            .sdk(.roomCountExceeded), .sdk(.roomIDTooLong), .sdk(.roomIDInvalidCharacter), .sdk(.userIDTooLong),
            .sdk(.userIDInvalidCharacter), .sdk(.authenticationFailed), .sdk(.memberLimitExceeded),
            .sdk(.roomRetryTimeout),
        ], isLongRunning: true, memory: .entersRoom
    ) { call in
        var reader = call.reader
        let roomID = try reader.string("roomID")
        var userReader = try reader.object("user")
        let userID = try UserID(userReader.string("userID"))
        let user = try userReader.optionalString("userName").map { try User(userID: userID, userName: $0) }
        return reply(
            try await call.context.engine().loginRoom(
                roomID: roomID, user: user ?? User(userID: userID), config: loginConfig(&reader), wait: reader.wait()))
    }

    private static let config = Parameter.optional(
        "config",
        .object([
            .optional("token", .string(maximumBytes: 2048), "a Token04 instead of the AppSign's proof"),
            .optional(
                "isUserStatusNotify", .boolean, default: false,
                "whether user-update is wanted and others may hear of this user"),
            .optional("maxMemberCount", .integer(0...4_294_967_295), default: 0, "users that the room takes; 0: any"),
        ]), "how")

    private static let loginResult: [Parameter] = [
        .required("errorCode", .integer(0...Int64.max), "0 when logged in"),
        .required("extendedData", .anyObject, "roomSessionID"),
    ]

    private static func loginConfig(_ reader: inout JSONReader) throws(JSONShapeError) -> LoginConfig {
        var config = LoginConfig()
        guard var configReader = try reader.optionalObject("config") else { return config }
        config.token = try configReader.optionalString("token")
        config.isUserStatusNotify = try configReader.optionalBool("isUserStatusNotify") ?? false
        config.maxMemberCount = try configReader.optionalInteger("maxMemberCount") ?? 0
        return config
    }

    private static func reply(_ outcome: LoginOutcome) -> Reply {
        Reply(
            ["errorCode": .integer(Int64(outcome.errorCode)), "extendedData": .object(outcome.extendedData)],
            seq: outcome.lastSeq)
    }

    private static let switchRoom = Method<ControlContext>(
        "switchRoom", "Leaves a room, whatever comes of it, and enters another as the same user.",
        parameters: [
            .required("fromRoomID", .string(), "the room that is left"),
            .required("toRoomID", .string(), "the room that is entered"), config, .wait,
        ],
        result: loginResult,
        errors: [
            .sdk(.notLoggedIn), .sdk(.roomIDIncorrect), .sdk(.roomCountExceeded), .sdk(.noToken),
            .sdk(.authenticationFailed), .sdk(.memberLimitExceeded), .sdk(.roomRetryTimeout),
        ], isLongRunning: true, memory: .switchesRoom
    ) { call in
        var reader = call.reader
        let left = try reader.string("fromRoomID")
        do {
            return reply(
                try await call.context.engine().switchRoom(
                    fromRoomID: left, toRoomID: reader.string("toRoomID"), config: loginConfig(&reader),
                    wait: reader.wait()))
        } catch let error as ZegoError {
            // A room that refuses does not give the other one back.
            let rooms = call.context.engines.snapshot?.rooms ?? []
            if !rooms.contains(where: { $0.roomID == left && !$0.reason.isFinal }) {
                call.context.keeper?.edit { $0.roomEnded(left) }
            }
            throw error
        }
    }

    private static let renewToken = Method<ControlContext>(
        "renewToken", "Replaces the token of a room, for publishing and logins from now on.",
        parameters: [
            .required("roomID", .string(), "the room"),
            .required("token", .string(maximumBytes: 2048), "a Token04 of the same user"),
        ],
        errors: [
            .sdk(.notLoggedIn), .sdk(.roomIDIncorrect), .sdk(.tokenFormatError), .sdk(.tokenAppIDError),
            .sdk(.tokenUserIDError), .sdk(.tokenExpired), .sdk(.tokenVersionError), .sdk(.tokenNonceTypeError),
            .sdk(.renewedTokenCannotPublish),
        ], memory: .renewsToken
    ) { call in
        var reader = call.reader
        return Reply(
            try await call.context.engine().renewToken(
                roomID: reader.string("roomID"), token: reader.string("token")))
    }

    private static let logout = Method<ControlContext>(
        "logoutRoom", "Leaves a room and stops what is published and played in it.",
        parameters: [.optional("roomID", .string(), "the room; absent: all rooms")],
        errors: [.sdk(.roomIDIncorrect)], memory: .leavesRooms
    ) { call in
        var reader = call.reader
        return Reply(try await call.context.engine().logoutRoom(roomID: reader.optionalString("roomID")))
    }

    private static let streamList = Method<ControlContext>(
        "getRoomStreamList", "The streams of others in a room, from memory.",
        parameters: [.required("roomID", .string(), "the room")],
        result: [.required("streamList", .array(of: .anyObject, maximumCount: 100_000), "as in stream-update")],
        errors: [.sdk(.roomIDIncorrect)]
    ) { call in
        Reply(["streamList": .array(try room(of: call).streamList.map(\.json))])
    }

    private static let userList = Method<ControlContext>(
        "getRoomUserList", "The other users of a room, from memory.",
        parameters: [.required("roomID", .string(), "the room")],
        result: [.required("userList", .array(of: .anyObject, maximumCount: 100_000), "as in user-update")],
        errors: [.sdk(.roomIDIncorrect)]
    ) { call in
        Reply(["userList": .array(try room(of: call).userList.map(\.json))])
    }

    private static func room(of call: Method<ControlContext>.Call) throws -> EngineSnapshot.Room {
        var reader = call.reader
        let roomID = try reader.string("roomID")
        guard let snapshot = call.context.engines.snapshot else { throw ZegoError(.engineNotCreated) }
        guard let room = snapshot.rooms.first(where: { $0.roomID == roomID && !$0.reason.isFinal }) else {
            throw ZegoError(.roomIDIncorrect, detail: "not logged in to this room")
        }
        return room
    }
}
