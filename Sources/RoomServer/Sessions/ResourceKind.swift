/// What a session is for whose client speaks HTTP and not signalling.
package enum ResourceKind: String, Sendable {
    /// Publishes one stream (RFC 9725).
    case whip
    /// Plays one stream (draft-ietf-wish-whep).
    case whep
}
