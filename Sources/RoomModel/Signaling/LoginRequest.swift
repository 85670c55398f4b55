package import JSONRPC

/// `login`: enters a room; the first one makes the session, later ones on the same session enter further rooms as the
/// same user of the same application.
package struct LoginRequest: SignalingRequest {
    package typealias Response = LoginResult
    package static let method = "login"

    package let appID: AppID
    package let roomID: RoomID
    package let user: User
    package let configuration: LoginConfiguration
    package let authentication: LoginAuthentication

    package init(
        appID: AppID, roomID: RoomID, user: User, configuration: LoginConfiguration,
        authentication: LoginAuthentication
    ) {
        self.appID = appID
        self.roomID = roomID
        self.user = user
        self.configuration = configuration
        self.authentication = authentication
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        appID = try reader.appID()
        roomID = try reader.roomID()
        user = try User(json: reader.value("user", expected: "object"), path: "user")
        if let config = reader.optionalValue("config") {
            configuration = try LoginConfiguration(json: config, path: "config")
        } else {
            configuration = LoginConfiguration()
        }
        if let auth = reader.optionalValue("auth") {
            authentication = try LoginAuthentication(json: auth, path: "auth")
        } else {
            authentication = .none
        }
        try reader.finish()
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "appID": .integer(Int64(appID.rawValue)), "roomID": .string(roomID.rawValue), "user": user.json,
            "config": configuration.json,
        ]
        if authentication != .none { object["auth"] = authentication.json }
        return .object(object)
    }
}
