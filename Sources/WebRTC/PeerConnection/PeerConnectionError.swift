/// Why a description could not be made or applied. The connection is as it was before.
package enum PeerConnectionError: Error, Equatable, Sendable {
    /// The text is not SDP, or breaks a bound.
    case syntax(SDPError)
    /// SDP, but not one that can be answered or applied here; `reason` is for a person.
    case unsupported(reason: String)
    /// An answer without an offer, or an answer asked for without an offer received.
    case wrongState
    /// No section has this mid.
    case unknownSection(mid: String)
    /// Too many sections (``PeerConnection/maximumSections``).
    case tooManySections
}
