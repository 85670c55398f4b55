/// How long a call waits for the outcome of what it started.
package enum CallWait: Sendable, Equatable {
    /// Answers when the work has begun; events tell the rest.
    case no
    /// Answers with the outcome, or with ``WaitExpired`` after so many seconds.
    case seconds(Double)
}
