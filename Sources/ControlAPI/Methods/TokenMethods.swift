import Glibc
import JSONRPC
import RoomModel
import RoomServer
import Transport

extension AdminMethods {
    /// A day: for somebody who is handed a link.
    private static let defaultLifetimeSeconds: Int64 = 86_400

    static let createToken = Method<AdminContext>(
        "token.create", "Makes a token with which a user may log in, and a link to the page with it.",
        parameters: [
            .optional("appID", .integer(1...4_294_967_295), "the application; absent: the first"),
            .required("userID", .string(), "whose token it is"),
            .optional("roomID", .string(), "the only room that it is good for; absent: any"),
            .optional("publish", .boolean, default: true, "whether it allows to publish"),
            .optional(
                "streamIDs", .array(of: .string(), maximumCount: 16), "the only streams that it allows to publish"),
            .optional(
                "ttl", .integer(1...Token04.maximumLifetimeSeconds), default: .integer(defaultLifetimeSeconds),
                "seconds until it expires"),
        ],
        result: [
            .required("token", .string(), "the Token04"),
            .required("expire", .integer(0...Int64.max), "when it expires, in seconds since 1970"),
            .optional("link", .string(), "the page of this server with everything filled in; absent: it does not run"),
        ], errors: [.sdk(.appIDIncorrect), .sdk(.userIDInvalidCharacter), .sdk(.roomIDInvalidCharacter)]
    ) { call in
        let server = try call.context.roomServer()
        var reader = call.reader
        let application = try reader.application(of: server.apps)
        let userID = try UserID(reader.string("userID"))
        let roomID = try reader.optionalRoomID()
        let mayPublish = try reader.optionalBool("publish") ?? true
        let streamIDs = try (reader.optionalStrings("streamIDs") ?? []).map { text in try StreamID(text) }
        let lifetime: Int64 = try reader.optionalInteger("ttl") ?? defaultLifetimeSeconds
        // A token without restrictions has no privileges to name.
        let privileges =
            roomID == nil && mayPublish && streamIDs.isEmpty
            ? nil : TokenPrivileges(roomID: roomID, mayPublish: mayPublish, streamIDs: streamIDs)
        var random = RandomSource.system
        let token = try Token04(
            appID: application.appID, userID: userID, now: Int64(time(nil)), lifetimeSeconds: lifetime,
            privileges: privileges, random: &random)
        let text = try token.sealed(with: application.serverSecret, random: &random)
        var result: JSONObject = ["token": .string(text), "expire": .integer(token.expiresAt)]
        if let page = server.pageURL {
            let link = PageLink(page: page, appID: application.appID, roomID: roomID, userID: userID, token: text)
            result["link"] = .string(link.text)
        }
        return Reply(result)
    }
}
