import RTP

/// What both sides have agreed upon for a section. Seen from this side.
package struct NegotiatedSection: Sendable {
    /// The index of the m-line: the `section` of ``ReceivedDatagram/rtp(length:section:)``.
    package let index: Int
    /// The media identification; also the value of the mid header extension.
    package let mid: String
    /// The direction from this side's point of view.
    package internal(set) var direction: MediaDirection
    /// The payload types under which this side sends and receives (an answer keeps the offer's numbers).
    package internal(set) var opusPayloadType: UInt8
    /// Under which Opus may come in as well: the offer's number where the answer has another.
    package internal(set) var otherOpusPayloadType: UInt8?
    /// Nil where the peer does not take RED.
    package internal(set) var redPayloadType: UInt8?
    /// Whether the sender of audio in this section is to put RED first (the answer listed it before Opus).
    package internal(set) var prefersRED: Bool
    /// The peer's wishes about the Opus that it receives.
    package internal(set) var opus: OpusParameters
    /// Whether the generic NACK (RFC 4585) and transport-wide feedback may be used.
    package internal(set) var nack: Bool
    package internal(set) var transportFeedback: Bool
    /// Whether the sender of audio in this section is to be told what its receivers' lines take (REMB).
    package internal(set) var receiverEstimate: Bool
    /// The identifiers of the header extensions that may be used.
    package internal(set) var extensions: HeaderExtensionMap
    /// The stream that this side sends, if any.
    package internal(set) var localTrack: LocalTrack?
    /// The SSRCs that the peer announced for this section (may be empty: then the mid extension tells).
    package internal(set) var remoteSSRCs: [UInt32]
    /// The stream identifier in the peer's `a=msid`, nil if none or `-`.
    package internal(set) var remoteStreamID: String?
}
