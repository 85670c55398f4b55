import Transport

/// The two ends of a datagram's way: a local address (the base of a candidate, or the address that was spoken to) and
/// a remote one, and what carries it between them. Trivial and allocation-free, so that it can key tables of the media
/// paths.
@frozen
package struct TransportTuple: Hashable, Sendable {
    /// What carries datagrams between two addresses.
    @frozen
    package enum Carrier: Hashable, BitwiseCopyable, Sendable {
        /// The UDP socket.
        case udp
        /// A TCP connection of this number (ICE-TCP, RFC 6544): of a ``PeerConnection``, or of a server's worker.
        case stream(UInt32)
        /// The TURN allocation of this number; the local address is the relayed one.
        case relay(UInt32)
    }

    package let local: TransportAddress
    package let remote: TransportAddress
    package let carrier: Carrier

    @inlinable
    package init(local: TransportAddress, remote: TransportAddress, carrier: Carrier = .udp) {
        self.local = local
        self.remote = remote
        self.carrier = carrier
    }
}

extension TransportTuple: CustomStringConvertible {
    package var description: String {
        switch carrier {
        case .udp: "\(local) -> \(remote)"
        case .stream(let number): "\(local) -> \(remote) over stream \(number)"
        case .relay(let number): "\(local) -> \(remote) by relay \(number)"
        }
    }
}
