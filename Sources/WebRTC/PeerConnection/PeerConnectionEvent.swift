import Transport

/// What happened to a ``PeerConnection``.
package enum PeerConnectionEvent: Equatable, Sendable {
    /// A local candidate to signal (`candidate:…`, without `a=`), found after the description that would have held it.
    case localCandidate(String)
    /// All local candidates are known.
    case gatheringComplete
    /// ICE has its first usable pair of addresses, or works again after ``disconnected``.
    case iceConnected
    /// DTLS is done and media can flow.
    case connected(SRTPProfile)
    /// Media moves to this pair of addresses (the first one too).
    case pathChanged(TransportTuple)
    /// The peer has not answered (client) or asked (server) for a while; media goes on, an ICE restart may help.
    case disconnected
    /// Integrity-checked STUN comes from this tuple now, so DTLS and SRTP are taken from it; or no longer (server only:
    /// for the table that finds the session of a datagram).
    case tupleValidated(TransportTuple)
    case tupleForgotten(TransportTuple)
    /// A TCP connection is to be opened (then ``PeerConnection/streamOpened(_:local:now:)``, else
    /// ``PeerConnection/streamClosed(_:now:)``), or closed when all that was given for it is sent (client).
    case openStream(StreamRequest)
    case closeStream(UInt32)
    /// An ICE restart has settled: this ufrag is no longer served.
    case localUfragRetired(String)
    /// The peer closed DTLS.
    case closedByPeer
    /// Nothing will come of this connection without an ICE restart (ICE) or at all (DTLS).
    case failed(PeerConnectionFailure)
}

/// Why a ``PeerConnection`` failed.
package enum PeerConnectionFailure: Equatable, Sendable {
    /// No pair of addresses worked. An ICE restart may.
    case noPath
    /// Consent to send has expired (RFC 7675): nothing is sent any more. An ICE restart may help.
    case consentExpired
    /// The handshake failed, or the certificate is not the one of the description.
    case dtls(String)
}
