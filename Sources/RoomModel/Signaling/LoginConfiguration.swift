package import JSONRPC

/// How a client wants to be in a room: `{isUserStatusNotify?, maxMemberCount?}`.
package struct LoginConfiguration: Hashable, Sendable, SignalingValue {
    /// Whether others hear of this user and this user of others; both have to want it.
    package let isUserStatusNotify: Bool
    /// How many users the room may have, set by the login that makes the room; 0: no limit of its own.
    package let maxMemberCount: UInt32

    package init(isUserStatusNotify: Bool = false, maxMemberCount: UInt32 = 0) {
        self.isUserStatusNotify = isUserStatusNotify
        self.maxMemberCount = maxMemberCount
    }

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        isUserStatusNotify = try reader.optionalBool("isUserStatusNotify") ?? false
        maxMemberCount = try reader.optionalInteger("maxMemberCount") ?? 0
        try reader.finish()
    }

    package var json: JSONValue {
        ["isUserStatusNotify": .bool(isUserStatusNotify), "maxMemberCount": .integer(Int64(maxMemberCount))]
    }
}
