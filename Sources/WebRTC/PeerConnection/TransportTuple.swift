import Transport

/// The two ends of a datagram's way: a local address (the base of a candidate, or the address that was spoken to) and
/// a remote one. Trivial and allocation-free, so that it can key tables of the media paths.
@frozen
package struct TransportTuple: Hashable, Sendable {
    package let local: TransportAddress
    package let remote: TransportAddress

    @inlinable
    package init(local: TransportAddress, remote: TransportAddress) {
        self.local = local
        self.remote = remote
    }
}

extension TransportTuple: CustomStringConvertible {
    package var description: String { "\(local) -> \(remote)" }
}
