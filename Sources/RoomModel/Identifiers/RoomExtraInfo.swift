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
        guard !key.isEmpty else { throw ZegoError(.roomExtraInfoKeyEmpty) }
        guard key.utf8.count <= Self.maximumKeyBytes else { throw ZegoError(.roomExtraInfoKeyTooLong) }
        guard value.utf8.count <= Self.maximumValueBytes else { throw ZegoError(.roomExtraInfoValueTooLong) }
        self.key = key
        self.value = value
        self.updateUser = updateUser
        self.updateTime = updateTime
    }
}
