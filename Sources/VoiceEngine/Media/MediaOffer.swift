/// An offer (or an answer to another's), and which section each demand has been given.
struct MediaOffer: Sendable {
    let sdp: String
    /// By the token of the demand.
    let mids: [UInt64: String]
    /// All local candidates are in it.
    let isComplete: Bool
}
