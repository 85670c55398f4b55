/// Told to ``ConnectionGuard`` through the pipeline: the request may have a body, and one that is too large is read (and
/// thrown away) for a while, so that the client reads why it is refused.
struct BodyAllowance: Sendable {
    /// Bytes beyond those of any other stranger.
    static let bytes = 1_048_576
}
