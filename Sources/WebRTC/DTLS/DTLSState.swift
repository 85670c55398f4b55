/// How far a ``DTLSTransport`` is.
package enum DTLSState: Equatable, Sendable {
    /// Made, not started.
    case new
    /// The handshake is under way; for the passive side also: waiting for it.
    case handshaking
    /// Keys are there.
    case connected
    /// One side closed the association after it was connected.
    case closed
    case failed(DTLSError)
}
