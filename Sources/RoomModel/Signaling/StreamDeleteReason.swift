/// Why a stream went (the SDK's `stream_delete_reason`, `facts/zego.md` section 2.2).
package enum StreamDeleteReason: Int, CaseIterable, Hashable, Sendable {
    /// The publisher stopped, or left the room.
    case publisherStopped = 1
    /// The publisher was not heard of for the departure time-out.
    case heartbeatTimeout = 2
    /// The publisher's userID logged in elsewhere.
    case repeatedLogin = 3
    /// The publisher was kicked out.
    case kickedOut = 4
    case disconnected = 5
    case removedByServer = 6
}
