/// An offer, and which section each demand has been given.
struct MediaOffer: Sendable {
    let sdp: String
    /// By the token of the demand.
    let mids: [UInt64: String]
}
