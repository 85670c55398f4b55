import Transport

/// A STUN or DTLS datagram that ``PeerConnection/nextTransmit(into:)`` has written into the caller's buffer.
@frozen
package struct ControlDatagram: Sendable {
    /// The count of bytes at the start of the buffer.
    package let length: Int
    /// The address to send from (one of the local addresses, or on a server the address that was spoken to), and to.
    package let path: TransportTuple
}
