import Transport

/// An address of a local network interface.
package struct InterfaceAddress: Hashable, Sendable {
    /// `eth0`, `lo`.
    package let interface: String
    package let interfaceIndex: UInt32
    /// The address, with port 0; a link-local IPv6 address carries its zone.
    package let address: TransportAddress
    /// Bits of the network's prefix (24 of 192.0.2.0/24).
    package let prefixLength: Int
    /// The interface is up and has a carrier (`IFF_UP`, `IFF_RUNNING`).
    package let isRunning: Bool
    package let isLoopback: Bool
    /// A tunnel or a dial-up line (`IFF_POINTOPOINT`): VPNs mostly.
    package let isPointToPoint: Bool
}
