import RoomModel

/// How a WHIP or WHEP session ended.
package enum EndpointOutcome: Sendable, Equatable {
    /// Because it was to end.
    case stopped
    /// For a reason that may pass: another session is to be tried.
    ///
    /// - `pause`: nanoseconds that the server wishes to be left alone for; nil: it did not say.
    /// - `isWaiting`: the server is there, and says that nobody publishes the stream yet.
    case postponed(reason: String, pause: Int64?, isWaiting: Bool)
    /// For a reason that will not.
    case refused(ZegoErrorCode, reason: String)
}
