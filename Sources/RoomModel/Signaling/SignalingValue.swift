package import JSONRPC

/// A value inside of messages.
package protocol SignalingValue {
    /// Reads the value; `path` stands in errors.
    init(json: JSONValue, path: String) throws
    /// The value as it is written.
    var json: JSONValue { get }
}

extension Array where Element: SignalingValue {
    /// The array as it is written.
    var json: JSONValue { .array(map(\.json)) }
}

extension User: SignalingValue {
    /// `{userID, userName?}`; an absent name is the userID.
    package init(json: JSONValue, path: String = "") throws {
        var reader = try JSONReader(json, path: path)
        let userID = try UserID(reader.string("userID"))
        let userName = try reader.optionalString("userName")
        try reader.finish()
        try self.init(userID: userID, userName: userName ?? userID.rawValue)
    }

    package var json: JSONValue {
        ["userID": .string(userID.rawValue), "userName": .string(userName)]
    }
}

extension StreamDescription: SignalingValue {
    /// `{streamID, user, extraInfo?}`.
    package init(json: JSONValue, path: String = "") throws {
        var reader = try JSONReader(json, path: path)
        let streamID = try reader.streamID()
        let user = try User(json: reader.value("user", expected: "object"), path: reader.path(of: "user"))
        let extraInfo = try reader.optionalString("extraInfo")
        self.init(streamID: streamID, user: user, extraInfo: try StreamExtraInfo(extraInfo ?? ""))
    }

    package var json: JSONValue {
        ["streamID": .string(streamID.rawValue), "user": user.json, "extraInfo": .string(extraInfo.text)]
    }
}

extension RoomExtraInfo: SignalingValue {
    /// `{key, value, updateUser, updateTime}`.
    package init(json: JSONValue, path: String = "") throws {
        var reader = try JSONReader(json, path: path)
        try self.init(
            key: reader.string("key"), value: reader.string("value"),
            updateUser: User(
                json: reader.value("updateUser", expected: "object"), path: reader.path(of: "updateUser")),
            updateTime: reader.integer("updateTime"))
    }

    package var json: JSONValue {
        [
            "key": .string(key), "value": .string(value), "updateUser": updateUser.json,
            "updateTime": .integer(updateTime),
        ]
    }
}
