/// Why a datagram was thrown away. Each reason has its counter in ``PeerConnectionStatistics``.
package enum DropReason: UInt8, CaseIterable, Sendable {
    /// Empty, or over ``PeerConnection/maximumDatagramLength`` bytes.
    case length
    /// None of STUN, DTLS, RTP, RTCP by its first byte (RFC 7983).
    case unknownProtocol
    /// The connection is closed or has failed.
    case closed
    /// STUN that does not parse, has a wrong fingerprint, or is of no use to ICE.
    case malformedSTUN
    /// A STUN request for another username.
    case unknownUsername
    /// STUN whose MESSAGE-INTEGRITY is missing or wrong.
    case failedIntegrity
    /// A STUN response to nothing that was asked, or from elsewhere than where it was asked.
    case unexpectedResponse
    /// DTLS, RTP or RTCP from an address pair that no integrity-checked STUN message has come from.
    case unvalidatedPath
    /// DTLS before a description said what certificate to expect, or a datagram that DTLS could make nothing of.
    case unusableDTLS
    /// RTP or RTCP before the DTLS handshake is done.
    case beforeKeys
    /// RTP or RTCP that does not parse.
    case malformedMedia
    /// SRTP or SRTCP whose authentication tag is wrong.
    case failedAuthentication
    /// SRTP or SRTCP seen before, or too old to tell.
    case replayed
    /// RTP that authenticates but belongs to no section.
    case unknownSource
}
