import Glibc
import JSONRPC
import Logging
import RoomModel
import RoomServer

extension Catalogue where Context == AdminContext {
    /// The methods of an admin socket: the console of a room server.
    package static func admin(version: String, logger: Logger) -> Catalogue<AdminContext> {
        Catalogue(methods: AdminMethods.all, logger: logger)
            .describingItself(title: "zegod admin API", version: version)
    }
}

/// Applications, rooms, users and streams of the room server.
enum AdminMethods {
    static let all: [Method<AdminContext>] = [
        hello, listApplications, showApplication, createToken, rooms, users, streams,
    ]

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

    private static let listApplications = Method<AdminContext>(
        "app.list", "The applications, without their secrets.",
        result: [
            .required(
                "apps", .array(of: .anyObject, maximumCount: 100_000), "appID, and whether the configuration fixes it")
        ]
    ) { call in
        let applications = try applications(call.context)
        return Reply([
            "apps": .array(
                applications.all.map { application in
                    [
                        "appID": .integer(Int64(application.appID.rawValue)),
                        "fixed": .bool(applications.isFixed(application.appID)),
                    ]
                })
        ])
    }

    private static let showApplication = Method<AdminContext>(
        "app.show", "An application with its AppSign and ServerSecret.",
        parameters: [.optional("appID", .integer(1...4_294_967_295), "the application; absent: the first")],
        result: [
            .required("appID", .integer(1...4_294_967_295), "the application"),
            .required("appSign", .string(), "64 hexadecimal digits"),
            .required("serverSecret", .string(), "32 characters"),
            .required("fixed", .boolean, "whether the configuration fixes it"),
        ], errors: [.sdk(.appIDIncorrect)]
    ) { call in
        let applications = try applications(call.context)
        var reader = call.reader
        let number: UInt32? = try reader.optionalInteger("appID")
        let application = try number.map { applications.credentials(try AppID($0)) } ?? applications.first
        guard let application else {
            throw ZegoError(.appIDIncorrect, detail: "this room server has no such application")
        }
        return Reply([
            "appID": .integer(Int64(application.appID.rawValue)), "appSign": .string(application.appSign.hexadecimal),
            "serverSecret": .string(application.serverSecret.text),
            "fixed": .bool(applications.isFixed(application.appID)),
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

    static func applications(_ context: AdminContext) throws(ZegoError) -> AppStore {
        guard let applications = context.applications else { throw noServer }
        return applications
    }

    private static let noServer = ZegoError(
        .noModule, detail: "this daemon embeds no room server; ask the one that engine.server names")

    private static func selected(_ call: Method<AdminContext>.Call) async throws -> [RoomSnapshot] {
        guard let snapshot = await call.context.rooms() else { throw noServer }
        var reader = call.reader
        let appID: UInt32? = try reader.optionalInteger("appID")
        let roomID = try reader.optionalString("roomID")
        return snapshot.rooms.filter { room in
            (appID == nil || room.appID.rawValue == appID) && (roomID == nil || room.roomID.rawValue == roomID)
        }
    }
}
