internal import JSONRPC

/// What a token allows beyond showing who its bearer is: the `payload` of a privilege token,
/// `{"room_id":"r","privilege":{"1":0|1,"2":0|1},"stream_id_list":["s"]|null}`.
package struct TokenPrivileges: Hashable, Sendable {
    /// The one room that the token is good for; nil (an empty `room_id`): any.
    package let roomID: RoomID?
    /// Privilege 1. What the token does not name is not granted.
    package let mayLogin: Bool
    /// Privilege 2.
    package let mayPublish: Bool
    /// The streams that may be published; nil (an empty or absent list): any.
    package let streamIDs: [StreamID]?

    package init(roomID: RoomID?, mayLogin: Bool = true, mayPublish: Bool = true, streamIDs: [StreamID]? = nil) {
        self.roomID = roomID
        self.mayLogin = mayLogin
        self.mayPublish = mayPublish
        self.streamIDs = streamIDs.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads a payload; nil for anything that is not of the form above: a restriction that is not understood is not
    /// passed over. Keys beyond these are.
    init?(payload: String) {
        guard let json = try? JSONValue(parsing: payload), let object = json.object,
            case .string(let room)? = object["room_id"]
        else { return nil }
        do {
            roomID = room.isEmpty ? nil : try RoomID(room)
            switch object["stream_id_list"] {
            case nil, .null: streamIDs = nil
            case .array(let elements):
                let identifiers = try elements.map { try StreamID($0.string ?? "") }
                streamIDs = identifiers.isEmpty ? nil : identifiers
            default: return nil
            }
        } catch {
            return nil
        }
        switch object["privilege"] {
        case nil, .null: (mayLogin, mayPublish) = (false, false)
        case .object(let privilege):
            guard let login = Self.flag(privilege["1"]), let publish = Self.flag(privilege["2"]) else { return nil }
            (mayLogin, mayPublish) = (login, publish)
        default: return nil
        }
    }

    private static func flag(_ value: JSONValue?) -> Bool? {
        switch value {
        case nil, .integer(0): false
        case .integer(1): true
        default: nil
        }
    }

    /// The text of the payload, with the keys in the order of the vendor's generators.
    var payload: String {
        let object: JSONValue = [
            "room_id": .string(roomID?.rawValue ?? ""),
            "privilege": ["1": .integer(mayLogin ? 1 : 0), "2": .integer(mayPublish ? 1 : 0)],
            "stream_id_list": streamIDs.map { .array($0.map { .string($0.rawValue) }) } ?? .null,
        ]
        return object.description
    }

    /// Whether the bearer may be in the room.
    package func allowsLogin(to room: RoomID) -> Bool {
        mayLogin && (roomID == nil || roomID == room)
    }

    /// Whether the bearer may publish the stream, the room aside.
    package func allowsPublishing(_ stream: StreamID) -> Bool {
        mayPublish && (streamIDs?.contains(stream) ?? true)
    }
}
