package import JSONRPC

/// `switchRoom`: leaves one room and enters another on the same session, transport included. The first room is left even
/// when the other one refuses. Fails as ``LoginRequest``; 1002002 for a room that the session is not in.
package struct SwitchRoomRequest: SignalingRequest {
    package typealias Response = LoginResult
    package static let method = "switchRoom"

    package let fromRoomID: RoomID
    package let toRoomID: RoomID
    package let configuration: LoginConfiguration
    /// For the room that is entered.
    package let authentication: LoginAuthentication

    package init(
        fromRoomID: RoomID, toRoomID: RoomID, configuration: LoginConfiguration, authentication: LoginAuthentication
    ) {
        self.fromRoomID = fromRoomID
        self.toRoomID = toRoomID
        self.configuration = configuration
        self.authentication = authentication
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        fromRoomID = try reader.roomID("fromRoomID")
        toRoomID = try reader.roomID("toRoomID")
        configuration =
            try reader.optionalValue("config").map { try LoginConfiguration(json: $0, path: "config") }
            ?? LoginConfiguration()
        authentication =
            try reader.optionalValue("auth").map { try LoginAuthentication(json: $0, path: "auth") } ?? .none
        try reader.finish()
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "fromRoomID": .string(fromRoomID.rawValue), "toRoomID": .string(toRoomID.rawValue),
            "config": configuration.json,
        ]
        if authentication != .none { object["auth"] = authentication.json }
        return .object(object)
    }
}
