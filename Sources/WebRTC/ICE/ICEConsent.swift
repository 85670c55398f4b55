import Transport

/// Consent to send on the selected pair (RFC 7675), and how it stands.
struct ICEConsent {
    /// The last answer to a check on the pair.
    var grantedAt: MonotonicTime
    var nextCheckAt: MonotonicTime
    /// When the oldest consent check was sent that no answer has come after.
    var unansweredSince: MonotonicTime?
    var isDisconnected = false
    var isExpired = false

    /// The next moment at which something changes without a datagram.
    func deadline(_ timers: ICETimers) -> MonotonicTime {
        guard !isExpired else { return .distantFuture }
        var deadline = min(nextCheckAt, grantedAt.advanced(byMilliseconds: timers.consentExpiry))
        if let unansweredSince, !isDisconnected {
            deadline = min(deadline, unansweredSince.advanced(byMilliseconds: timers.disconnectedAfter))
        }
        return deadline
    }
}
