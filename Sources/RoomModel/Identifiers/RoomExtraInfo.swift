/// One key of a room with its value (`setRoomExtraInfo`): the last writer wins.
package struct RoomExtraInfo: Hashable, Sendable {
    package static let maximumKeyBytes = 10
    package static let maximumValueBytes = 128

    package let key: String
    package let value: String
    /// Who wrote it.
    package let updateUser: User
    /// When it was written, in milliseconds since 1970 by the server's clock.
    package let updateTime: Int64

    /// Throws 1002014 (key empty), 1002015 (key over 10 bytes) or 1002016 (value over 128 bytes).
    package init(key: String, value: String, updateUser: User, updateTime: Int64) throws(ZegoError) {
        try Self.check(key: key, value: value)
        self.key = key
        self.value = value
        self.updateUser = updateUser
        self.updateTime = updateTime
    }

    /// The same key without a text.
    package var emptied: RoomExtraInfo {
        RoomExtraInfo(unchecked: key, "", updateUser, updateTime)
    }

    private init(unchecked key: String, _ value: String, _ updateUser: User, _ updateTime: Int64) {
        self.key = key
        self.value = value
        self.updateUser = updateUser
        self.updateTime = updateTime
    }

    /// Throws 1002014 (key empty), 1002015 (key over 10 bytes) or 1002016 (value over 128 bytes).
    package static func check(key: String, value: String) throws(ZegoError) {
        guard !key.isEmpty else { throw ZegoError(.roomExtraInfoKeyEmpty) }
        guard key.utf8.count <= maximumKeyBytes else { throw ZegoError(.roomExtraInfoKeyTooLong) }
        guard value.utf8.count <= maximumValueBytes else { throw ZegoError(.roomExtraInfoValueTooLong) }
    }
}
