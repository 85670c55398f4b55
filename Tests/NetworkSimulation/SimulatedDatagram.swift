import Transport

/// A datagram as it arrives.
package struct SimulatedDatagram: Sendable {
    package var bytes: [UInt8]
    package let from: TransportAddress
    package let to: TransportAddress
}
