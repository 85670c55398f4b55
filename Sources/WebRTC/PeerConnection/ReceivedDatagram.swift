/// What became of a datagram given to ``PeerConnection/receive(_:from:to:now:)``.
@frozen
package enum ReceivedDatagram: Equatable, Sendable {
    /// STUN or DTLS, dealt with; ``PeerConnection/nextTransmit(into:)`` and ``PeerConnection/nextEvent()`` may have
    /// news.
    case consumed
    /// A decrypted RTP packet in the first `length` bytes of the buffer. `section` is the index of the m-line that it
    /// belongs to (SSRC announced in SDP, else learnt from the mid extension, else the only section that can be meant).
    case rtp(length: Int, section: Int)
    /// A decrypted RTCP compound in the first `length` bytes.
    case rtcp(length: Int)
    /// Thrown away, and counted in ``PeerConnectionStatistics``.
    case dropped(DropReason)
}
