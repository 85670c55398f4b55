import MediaIO
import Transport

/// Where a worker's socket listens.
///
/// A server for this machine alone takes what comes over the loopback *interface*, not only what is for the loopback
/// address: Firefox and libnice gather no loopback candidates and try none from other addresses, so they would never
/// reach 127.0.0.1. What a machine sends to its own other addresses goes over the loopback interface too, and nothing
/// from outside does: the kernel drops the rest before anything of ours sees it.
struct ListenPoint: Sendable {
    let address: TransportAddress
    /// The index of the only interface that datagrams are taken from; nil: all.
    let interface: UInt32?
    /// What is announced for it, without a port.
    let announced: [TransportAddress]

    /// - Parameters:
    ///   - address: as configured; `0.0.0.0` and `::` stand for all.
    ///   - interfaces: the machine's.
    init(_ address: TransportAddress, among interfaces: [InterfaceAddress]) {
        let local = interfaces.filter { $0.isRunning && !$0.address.isLinkLocal }
        let others = local.filter { !$0.isLoopback }
        if address.isUnspecified {
            // Loopback last: of use to clients on this machine only.
            let reached = (others + local.filter(\.isLoopback)).map(\.address)
            self.init(address, nil, reached.filter { $0.family == address.family || address.family == .ipv6 })
        } else if address.isLoopback, address.family == .ipv4,
            let loopback = local.first(where: { $0.address == address.with(port: 0) })?.interfaceIndex
        {
            let reached = others.map(\.address).filter { $0.family == .ipv4 }
            self.init(TransportAddress(ipv4: 0, port: 0), loopback, [address] + reached)
        } else {
            self.init(address, nil, [address])
        }
    }

    private init(_ address: TransportAddress, _ interface: UInt32?, _ announced: [TransportAddress]) {
        self.address = address
        self.interface = interface
        self.announced = announced
    }

    /// Opens a socket here. Throws ``SocketError``.
    func open(port: UInt16, reusePort: Bool) throws(SocketError) -> UDPSocket {
        try UDPSocket(
            UDPSocket.Configuration(address: address.with(port: port), interface: interface, reusePort: reusePort))
    }
}
