import Transport

/// What bytes from a TURN server are.
package enum TURNInput: Equatable {
    /// A datagram of a peer, `length` bytes from `offset` on.
    case data(from: TransportAddress, offset: Int, length: Int)
    /// Dealt with, or thrown away.
    case consumed
    /// Nothing of TURN: over UDP the server's address may be a STUN server too.
    case foreign
}
