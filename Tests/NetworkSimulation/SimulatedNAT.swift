import Transport

/// A network address translator with endpoint-independent mapping (RFC 4787): inside addresses appear as ports of one
/// outside address. ``rebind()`` forgets all mappings, as a real one does after a reboot or some minutes of silence.
package final class SimulatedNAT {
    private let outside: TransportAddress
    private var nextPort: UInt16 = 40_000
    private var ports: [TransportAddress: UInt16] = [:]
    private var insides: [UInt16: TransportAddress] = [:]

    /// `outside`: the public address; its port does not matter.
    package init(outside: TransportAddress) {
        self.outside = outside
    }

    package func rebind() {
        ports.removeAll()
        insides.removeAll()
    }

    func translateOutgoing(_ inside: TransportAddress) -> TransportAddress {
        if let port = ports[inside] { return outside.with(port: port) }
        let port = nextPort
        nextPort += 1
        ports[inside] = port
        insides[port] = inside
        return outside.with(port: port)
    }

    /// Nil without a mapping: the datagram is lost.
    func translateIncoming(_ address: TransportAddress) -> TransportAddress? {
        insides[address.port]
    }

    func owns(_ address: TransportAddress) -> Bool {
        address.with(port: 0) == outside.with(port: 0)
    }
}
