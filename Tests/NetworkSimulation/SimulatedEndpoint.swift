import Transport

/// Something with addresses in a ``Simulation``: a sans-IO machine and what drives it.
package protocol SimulatedEndpoint: AnyObject {
    /// Where datagrams for it arrive.
    var addresses: [TransportAddress] { get }
    var deadline: MonotonicTime { get }
    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime)
    func handleTimeout(now: MonotonicTime)
    /// Hands over all that it wants to send now.
    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void)
}
