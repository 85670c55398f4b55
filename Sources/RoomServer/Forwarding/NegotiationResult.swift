/// The answer to an offer, and what became of the tracks that were asked for.
package struct NegotiationResult: Hashable, Sendable {
    /// SDP.
    package let answer: String
    /// One for each request, in the order of the requests.
    package let tracks: [TrackResult]
}
