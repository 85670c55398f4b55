/// Why a DTLS association did not come about or ended.
package enum DTLSError: Error, Equatable, Sendable {
    /// The peer's certificate is not the one whose fingerprint its description gave (RFC 8122, RFC 5763 section 5): somebody
    /// may sit in between.
    case fingerprintMismatch
    /// Neither ``SRTPProfile`` is one that the peer offers.
    case noCommonSRTPProfile
    /// The peer ended the handshake with this alert (RFC 5246 section 7.2).
    case peerAlert(UInt8)
    /// The peer did not answer the last flight although it was sent twelve times in 12.75 seconds.
    case timedOut
    /// The handshake cannot go on: the peer's messages are not what the protocol wants. OpenSSL's reason, in words.
    case protocolViolation(reason: String)
    /// OpenSSL could not make a certificate or an association; its reason, in words.
    case setup(reason: String)
}

extension DTLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fingerprintMismatch: "the peer's certificate does not match the fingerprint in its description"
        case .noCommonSRTPProfile: "the peer offers no SRTP protection profile that we know"
        case .peerAlert(let alert): "the peer ended the DTLS handshake with alert \(alert)"
        case .timedOut: "the peer does not answer the DTLS handshake"
        case .protocolViolation(let reason): "the DTLS handshake failed: \(reason)"
        case .setup(let reason): "DTLS could not be set up: \(reason)"
        }
    }
}
