/// Why a packet was not protected or unprotected. A plain value: throwing it allocates nothing.
package enum SRTPError: Error, Equatable, Sendable {
    /// A master key or salt has not the length that its profile wants.
    case keyLength
    /// Not an RTP packet, not an RTCP packet, or too short to hold header and tag.
    case malformed
    /// The output does not fit into the caller's buffer.
    case bufferTooSmall
    /// The authentication tag does not match: forged, damaged, or of another key.
    case authentication
    /// The packet came before.
    case replayed
    /// The packet is older than the replay window reaches back.
    case tooOld
    /// The sequence number repeats or goes back behind what was protected already: the packet must not be protected
    /// again (see ``SRTPSender``).
    case indexUsed
    /// The key has protected as many packets as it may (2⁴⁸ RTP per SSRC, 2³¹ RTCP): a new handshake is needed.
    case keyExhausted
    /// OpenSSL failed, which it does only when memory is short.
    case cryptography
}
