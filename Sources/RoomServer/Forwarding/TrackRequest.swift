/// What a section of an offer is to be used for.
package struct TrackRequest: Hashable, Sendable {
    package enum Use: Hashable, Sendable {
        /// The peer sends the stream to us.
        case publish(StreamKey)
        /// We send the stream to the peer, as soon as somebody publishes it.
        case play(StreamKey)
    }

    /// The section's `a=mid`.
    package let mid: String
    package let use: Use

    package init(mid: String, use: Use) {
        self.mid = mid
        self.use = use
    }
}
