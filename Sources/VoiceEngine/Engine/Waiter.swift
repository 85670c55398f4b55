/// A call that waits for an outcome: looked at after every change.
struct Waiter {
    /// Resumes the call and answers true, when there is an outcome.
    let settle: @Sendable (isolated VoiceEngine) -> Bool
    /// Resumes the call with this failure.
    let fail: @Sendable (any Error) -> Void
}
