/// How a TURN client speaks with its server (RFC 8656, section 3.1). Between the server and the peer it is always UDP.
package enum TURNTransport: String, Hashable, Sendable {
    case udp
    case tcp
    /// TLS over TCP.
    case tls
}
