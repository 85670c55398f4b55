import RoomModel

/// The answer of `sendBroadcastMessage`, `sendBarrageMessage` and `sendCustomCommand`: the room server has taken it.
package struct MessageResult: Sendable, Equatable {
    /// By which the receivers know it too.
    package let messageID: MessageID
    package let lastSeq: UInt64

    package init(messageID: MessageID, lastSeq: UInt64) {
        self.messageID = messageID
        self.lastSeq = lastSeq
    }
}
