/// The header extensions that we read and write (RFC 8285), each with the URI that names it in SDP (`a=extmap`).
@frozen
package enum HeaderExtensionKind: UInt8, CaseIterable, Sendable {
    /// Client-to-mixer audio level, RFC 6464.
    case audioLevel
    /// The media section that a packet belongs to, RFC 9143 (RFC 8843) section 15.
    case mid
    /// Transport-wide sequence number, draft-holmer-rmcat-transport-wide-cc-extensions-01.
    case transportSequenceNumber
    /// When the sound was captured, http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time.
    case absoluteCaptureTime

    /// The URI of `a=extmap`.
    package var uri: String {
        switch self {
        case .audioLevel: "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
        case .mid: "urn:ietf:params:rtp-hdrext:sdes:mid"
        case .transportSequenceNumber:
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
        case .absoluteCaptureTime: "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
        }
    }

    /// The kind that an `a=extmap` URI names; nil for one that we do not use.
    package init?(uri: String) {
        guard let kind = HeaderExtensionKind.allCases.first(where: { $0.uri == uri }) else { return nil }
        self = kind
    }
}
