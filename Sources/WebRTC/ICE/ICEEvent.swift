import Transport

/// What an ICE agent tells its ``PeerConnection``.
package enum ICEEvent: Equatable {
    case localCandidate(ICECandidate)
    case gatheringComplete
    case connected
    case pathChanged(TransportTuple)
    case disconnected
    /// Integrity-checked messages come from this tuple now, or it was forgotten for newer ones.
    case tupleValidated(TransportTuple)
    case tupleForgotten(TransportTuple)
    case localUfragRetired(String)
    /// Media has a nominated pair of the newest generation; what else is held may be let go.
    case selected(TransportTuple)
    /// A connection is to be opened to a TCP candidate of the peer, or is of no use any more.
    case openStream(UInt32, TransportAddress)
    case closeStream(UInt32)
    case failed(PeerConnectionFailure)
}
