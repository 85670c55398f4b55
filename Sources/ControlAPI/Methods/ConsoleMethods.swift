import JSONRPC
import RoomModel
import RoomServer

/// What an operator does to the rooms.
enum ConsoleMethods {
    static let all: [Method<AdminContext>] = [kick, closeRoom, drain]

    private static let appID = Parameter.optional(
        "appID", .integer(1...4_294_967_295), "the application; absent: whichever")
    private static let reason = Parameter.optional(
        "reason", .string(), "what the users are told, at most 256 bytes: custom_kickout_message in room-state")
    private static let kicked: [Parameter] = [
        .required("kicked", .array(of: .anyObject, maximumCount: 1_000_000), "appID, roomID and userID of each")
    ]

    private static let kick = Method<AdminContext>(
        "kick",
        "Puts users out of a room: their room-state is kick-out with 1002055. That one is not there is no error.",
        parameters: [
            .required("userID", .oneOf([.string(), .array(of: .string(), maximumCount: 100)]), "the user, or several"),
            .optional("roomID", .string(), "the room; absent: all rooms"), appID, reason,
        ],
        result: kicked, errors: [.sdk(.userIDInvalidCharacter), .sdk(.roomIDInvalidCharacter), .sdk(.illegalParameter)]
    ) { call in
        var reader = call.reader
        let names = try reader.optionalValue("userID")?.string.map { [$0] } ?? reader.strings("userID")
        return reply(
            try await call.context.roomServer().kick(
                names.map { name in try UserID(name) }, appID: reader.optionalAppID(), roomID: reader.optionalRoomID(),
                message: reader.optionalString("reason")))
    }

    private static let closeRoom = Method<AdminContext>(
        "closeRoom", "Puts everybody out of a room, which is gone then.",
        parameters: [.required("roomID", .string(), "the room"), appID, reason],
        result: kicked, errors: [.sdk(.roomIDInvalidCharacter), .sdk(.illegalParameter)]
    ) { call in
        var reader = call.reader
        return reply(
            try await call.context.roomServer().closeRoom(
                reader.roomID(), appID: reader.optionalAppID(), message: reader.optionalString("reason")))
    }

    private static let drain = Method<AdminContext>(
        "drain",
        "Asks all clients to go elsewhere and lets nobody new in; /readyz says 503. Their sound goes on until the deadline.",
        parameters: [
            .optional(
                "deadlineSeconds", .integer(0...86_400), default: 30, "when those who are still there are put out"),
            .optional("cancel", .boolean, default: false, "let clients in again"),
        ],
        result: [.required("sessions", .integer(0...Int64.max), "how many clients there are")]
    ) { call in
        let server = try call.context.roomServer()
        var reader = call.reader
        if try reader.optionalBool("cancel") ?? false {
            await server.endDraining()
            return Reply(["sessions": .integer(Int64(server.counts.sessions))])
        }
        let seconds: Int64 = try reader.optionalInteger("deadlineSeconds") ?? 30
        let sessions = await server.beginDraining(deadlineMs: seconds * 1000)
        return Reply(["sessions": .integer(Int64(sessions))])
    }

    private static func reply(_ kicked: [KickedUser]) -> Reply {
        Reply([
            "kicked": .array(
                kicked.map { user in
                    [
                        "appID": .integer(Int64(user.appID.rawValue)), "roomID": .string(user.roomID.rawValue),
                        "userID": .string(user.userID.rawValue),
                    ]
                })
        ])
    }
}

extension JSONReader {
    /// An AppID or nothing.
    fileprivate mutating func optionalAppID() throws -> AppID? {
        let number: UInt32? = try optionalInteger("appID")
        return try number.map { try AppID($0) }
    }
}
