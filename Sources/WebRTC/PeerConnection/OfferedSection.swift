/// A section of an offer, before it is answered.
package struct OfferedSection: Hashable, Sendable {
    /// The index of the m-line.
    package let index: Int
    package let mid: String
    /// `audio`, `video`, `application`.
    package let kind: String
    /// The direction as the offerer sees it.
    package let direction: MediaDirection
    /// Whether it can be accepted at all: audio, not refused by the offerer, Opus among its formats.
    package let isUsable: Bool
    /// Whether the offerer knows RED (RFC 2198) over Opus here.
    package let offersRED: Bool
    /// The stream identifier of `a=msid`, if there is one that is not `-`.
    package let streamID: String?
}
