import Transport

/// A TCP connection that a ``PeerConnection`` wants opened by whoever owns sockets; see ``PeerConnectionEvent/openStream(_:)``.
package struct StreamRequest: Hashable, Sendable {
    /// Names the connection from now on.
    package let number: UInt32
    package let remote: TransportAddress
    package let framing: StreamFraming
    /// The name that the certificate of the other end has to bear; nil: no TLS.
    package let tlsName: String?
}
