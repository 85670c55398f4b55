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
    case failed(PeerConnectionFailure)
}
