import Glibc
import JSONRPC
import Logging
import RoomModel
import RoomServer

extension Catalogue where Context == AdminContext {
    /// The methods of an admin socket: the console of a room server.
    package static func admin(version: String, logger: Logger) -> Catalogue<AdminContext> {
        Catalogue(methods: AdminMethods.all + ApplicationMethods.all + ConsoleMethods.all, logger: logger)
            .describingItself(title: "zegod admin API", version: version)
    }
}

/// Who is in the rooms of the server, and tokens for them.
enum AdminMethods {
    static let all: [Method<AdminContext>] = [hello, createToken, rooms, users, streams]

    private static let appID = Parameter.optional(
        "appID", .integer(1...4_294_967_295), "the application; absent: of all")
    private static let roomID = Parameter.optional("roomID", .string(), "the room; absent: of all")

    private static let hello = Method<AdminContext>(
        "hello", "Who the daemon is.",
        result: [
            .required("api", .anyObject, "major and minor version of this API"),
            .required("version", .string(), "the daemon's version"),
            .required("pid", .integer(1...Int64.max), "its process"),
        ]
    ) { call in
        Reply([
            "api": DaemonMethods.apiVersion, "version": .string(call.context.version), "pid": .integer(Int64(getpid())),
        ])
    }

    private static let rooms = Method<AdminContext>(
        "rooms", "The rooms with their counts.", parameters: [appID],
        result: [.required("rooms", .array(of: .anyObject, maximumCount: 1_000_000), "appID, roomID, users, streams")]
    ) { call in
        Reply([
            "rooms": .array(
                try await selected(call).map { room in
                    [
                        "appID": .integer(Int64(room.appID.rawValue)), "roomID": .string(room.roomID.rawValue),
                        "roomSessionID": .string(room.roomSessionID), "users": .integer(Int64(room.users.count)),
                        "streams": .integer(Int64(room.streams.count)),
                        "maxMemberCount": .integer(Int64(room.maxMemberCount)),
                    ]
                })
        ])
    }

    private static let users = Method<AdminContext>(
        "users", "The users in rooms.", parameters: [appID, roomID],
        result: [.required("users", .array(of: .anyObject, maximumCount: 1_000_000), "appID, roomID, userID, userName")]
    ) { call in
        Reply([
            "users": .array(
                try await selected(call).flatMap { room in
                    room.users.map { member in
                        [
                            "appID": .integer(Int64(room.appID.rawValue)), "roomID": .string(room.roomID.rawValue),
                            "userID": .string(member.user.userID.rawValue), "userName": .string(member.user.userName),
                            "isUserStatusNotify": .bool(member.isUserStatusNotify),
                            "connected": .bool(member.connected),
                        ]
                    }
                })
        ])
    }

    private static let streams = Method<AdminContext>(
        "streams", "The streams in rooms.", parameters: [appID, roomID],
        result: [.required("streams", .array(of: .anyObject, maximumCount: 1_000_000), "appID, roomID, streamID, user")]
    ) { call in
        Reply([
            "streams": .array(
                try await selected(call).flatMap { room in
                    room.streams.map { stream in
                        [
                            "appID": .integer(Int64(room.appID.rawValue)), "roomID": .string(room.roomID.rawValue),
                            "streamID": .string(stream.streamID.rawValue), "user": stream.user.json,
                        ]
                    }
                })
        ])
    }

    private static func selected(_ call: Method<AdminContext>.Call) async throws -> [RoomSnapshot] {
        let snapshot = try await call.context.roomServer().snapshot()
        var reader = call.reader
        let appID: UInt32? = try reader.optionalInteger("appID")
        let roomID = try reader.optionalString("roomID")
        return snapshot.rooms.filter { room in
            (appID == nil || room.appID.rawValue == appID) && (roomID == nil || room.roomID.rawValue == roomID)
        }
    }
}
