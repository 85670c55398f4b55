import JSONRPC
import RoomModel
import RoomServer

/// The applications of the room server.
enum ApplicationMethods {
    static let all: [Method<AdminContext>] = [list, show, create, delete, rotate]

    private static let appID = Parameter.required("appID", .integer(1...4_294_967_295), "the application")
    private static let keys: [Parameter] = [
        .required("appID", .integer(1...4_294_967_295), "the application"),
        .required("appSign", .string(), "64 hexadecimal digits"),
        .required("serverSecret", .string(), "32 characters"),
        .required("fixed", .boolean, "whether the configuration fixes it"),
    ]

    private static let list = Method<AdminContext>(
        "app.list", "The applications, without their secrets.",
        result: [
            .required(
                "apps", .array(of: .anyObject, maximumCount: 100_000), "appID, and whether the configuration fixes it")
        ]
    ) { call in
        let applications = try call.context.roomServer().apps
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

    private static let show = Method<AdminContext>(
        "app.show", "An application with its AppSign and ServerSecret.",
        parameters: [.optional("appID", .integer(1...4_294_967_295), "the application; absent: the first")],
        result: keys, errors: [.sdk(.appIDIncorrect)]
    ) { call in
        let applications = try call.context.roomServer().apps
        var reader = call.reader
        return reply(try reader.application(of: applications), applications)
    }

    private static let create = Method<AdminContext>(
        "app.create", "Makes an application with random keys.", result: keys
    ) { call in
        let applications = try call.context.roomServer().apps
        return reply(try applications.create(), applications)
    }

    private static let delete = Method<AdminContext>(
        "app.delete", "Takes an application away and puts its users out.", parameters: [appID],
        result: [.required("kicked", .integer(0...Int64.max), "how many users were put out")],
        errors: [.sdk(.appIDIncorrect), .sdk(.illegalParameter)]
    ) { call in
        var reader = call.reader
        let kicked = try await call.context.roomServer().deleteApplication(reader.appID())
        return Reply(["kicked": .integer(Int64(kicked.count))])
    }

    private static let rotate = Method<AdminContext>(
        "app.rotate", "Gives an application new keys; logins with the old ones are refused from then on.",
        parameters: [
            appID,
            .optional(
                "keys", .array(of: .choice(RotatedKey.allCases.map(\.rawValue)), maximumCount: 2),
                "which ones; absent: both"),
        ],
        result: keys, errors: [.sdk(.appIDIncorrect), .sdk(.illegalParameter)]
    ) { call in
        let applications = try call.context.roomServer().apps
        var reader = call.reader
        let appID = try reader.appID()
        let keys = Set(try reader.optionalStrings("keys") ?? RotatedKey.allCases.map(\.rawValue))
        let application = try applications.rotate(
            appID, appSign: keys.contains(RotatedKey.appSign.rawValue),
            serverSecret: keys.contains(RotatedKey.serverSecret.rawValue))
        return reply(application, applications)
    }

    private enum RotatedKey: String, CaseIterable {
        case appSign
        case serverSecret
    }

    private static func reply(_ application: AppCredentials, _ applications: AppStore) -> Reply {
        Reply([
            "appID": .integer(Int64(application.appID.rawValue)), "appSign": .string(application.appSign.hexadecimal),
            "serverSecret": .string(application.serverSecret.text),
            "fixed": .bool(applications.isFixed(application.appID)),
        ])
    }
}

extension JSONReader {
    /// The application that `appID` names, the first one when it is absent; 1001004 when there is none.
    mutating func application(of applications: AppStore) throws -> AppCredentials {
        let number: UInt32? = try optionalInteger("appID")
        guard let application = try number.map({ applications.credentials(try AppID($0)) }) ?? applications.first else {
            throw ZegoError(.appIDIncorrect, detail: "this room server has no such application")
        }
        return application
    }
}
