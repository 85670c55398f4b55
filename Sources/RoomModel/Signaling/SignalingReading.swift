package import JSONRPC

extension JSONReader {
    /// A roomID; throws `JSONShapeError` or ``ZegoError``.
    package mutating func roomID(_ key: String = "roomID") throws -> RoomID {
        try RoomID(string(key))
    }

    /// A roomID or nothing.
    package mutating func optionalRoomID(_ key: String = "roomID") throws -> RoomID? {
        try optionalString(key).map { text in try RoomID(text) }
    }

    /// A streamID; throws `JSONShapeError` or ``ZegoError``.
    package mutating func streamID(_ key: String = "streamID") throws -> StreamID {
        try StreamID(string(key))
    }

    /// An AppID; throws `JSONShapeError` or ``ZegoError``.
    package mutating func appID(_ key: String = "appID") throws -> AppID {
        try AppID(integer(key) as Int64)
    }

    /// An error number; one that this table does not have is told in the error's detail.
    mutating func errorCode(_ key: String) throws -> ZegoErrorCode {
        ZegoError(number: try integer(key), message: "").code
    }

    /// The elements of an array, each a signalling value.
    mutating func list<Element: SignalingValue>(_ key: String, of type: Element.Type = Element.self) throws -> [Element]
    {
        try array(key).map { element in try Element(json: element.value, path: element.path) }
    }

    /// The elements of an array, or none when it is absent.
    mutating func optionalList<Element: SignalingValue>(
        _ key: String, of type: Element.Type = Element.self
    ) throws -> [Element] {
        try (optionalArray(key) ?? []).map { element in try Element(json: element.value, path: element.path) }
    }
}
