/// What carries media between the engine and its room server.
package enum NetworkTransport: String, Sendable {
    case udp
    /// A connection to the server's TCP port (ICE-TCP).
    case tcp
    /// A TURN server, by what it is reached.
    case relayUDP = "relay/udp"
    case relayTCP = "relay/tcp"
    case relayTLS = "relay/tls"

    package var isRelay: Bool { self != .udp && self != .tcp }
}
