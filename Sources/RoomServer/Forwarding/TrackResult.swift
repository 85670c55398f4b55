/// What became of a ``TrackRequest``.
package struct TrackResult: Hashable, Sendable {
    package enum Failure: Hashable, Sendable {
        /// The offer has no section with this mid, or one that cannot be used (not audio, no Opus, refused).
        case noSuchSection
        /// The section's direction in the offer does not fit the use.
        case wrongDirection
    }

    package let mid: String
    /// Nil: done.
    package let failure: Failure?
    /// For a play: packets of this stream are arriving at present.
    package let isLive: Bool

    package init(mid: String, failure: Failure?, isLive: Bool) {
        self.mid = mid
        self.failure = failure
        self.isLive = isLive
    }
}
