import RoomModel

/// What an operator can do to a running server.
extension RoomServer {
    /// The longest message to users that are put out, in bytes.
    package static let maximumKickMessageBytes = 256
    /// Over how long clients of a draining server are spread at their next one.
    private static let drainSpreadMs = 3_000

    /// Puts users out of one room, or with nil out of all their rooms: 1002055. Returns who was there.
    /// - Parameter message: what they are told, at most 256 bytes, else 1000017.
    package func kick(
        _ users: [UserID], appID: AppID?, roomID: RoomID?, message: String?
    ) async throws(ZegoError) -> [KickedUser] {
        try Self.check(message)
        return await running?.service.kick(Set(users), appID: appID, roomID: roomID, message: message) ?? []
    }

    /// Puts everybody out of a room, which is gone then. Returns who was there; throws as ``kick(_:appID:roomID:message:)``.
    package func closeRoom(
        _ roomID: RoomID, appID: AppID?, message: String?
    ) async throws(ZegoError) -> [KickedUser] {
        try Self.check(message)
        return await running?.service.closeRoom(roomID, appID: appID, message: message) ?? []
    }

    /// Takes an application away and puts its users out. Throws as ``AppStore/delete(_:)``.
    package func deleteApplication(_ appID: AppID) async throws -> [KickedUser] {
        try apps.delete(appID)
        return await running?.service.closeRoom(nil, appID: appID, message: "the application was deleted") ?? []
    }

    /// Asks all clients to go elsewhere and lets nobody new in, until ``endDraining()`` or the stop; who is still there at
    /// the deadline is put out. Returns how many sessions there are.
    package func beginDraining(deadlineMs: Int64) async -> Int {
        await running?.service.beginDraining(deadlineMs: deadlineMs, spreadMs: Self.drainSpreadMs) ?? 0
    }

    /// Lets clients in again.
    package func endDraining() async {
        await running?.service.endDraining()
    }

    private static func check(_ message: String?) throws(ZegoError) {
        guard (message ?? "").utf8.count <= maximumKickMessageBytes else {
            throw ZegoError(
                .illegalParameter,
                detail: "a message to those who are put out has at most \(maximumKickMessageBytes) bytes")
        }
    }
}
