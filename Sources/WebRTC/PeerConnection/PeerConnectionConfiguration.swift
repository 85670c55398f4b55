import Transport

/// How a ``PeerConnection`` is set up.
package struct PeerConnectionConfiguration: Sendable {
    package enum Role: Sendable {
        /// A full ICE agent. Controlling and DTLS client when it offers to a server.
        case client
        /// ICE-lite, DTLS passive; answers.
        case server
    }

    package var role: Role
    package var certificate: DTLSCertificate
    /// Client: the addresses (with ports) of the sockets, one per interface or family; host candidates and bases.
    /// Server: the addresses to announce (what clients reach, which behind a 1:1 NAT differs from the bound one).
    package var localAddresses: [TransportAddress]
    /// STUN servers to ask for server-reflexive candidates (client).
    package var stunServers: [TransportAddress]
    /// TURN servers, best first: allocations are made there when direct UDP does not work (client).
    package var turnServers: [TURNServer]
    /// Where connections of ICE-TCP are waited for, in candidates of their own (server).
    package var tcpAddresses: [TransportAddress]
    /// What the local ufrags begin with (a server codes its worker into them); at most 8 characters of `[A-Za-z0-9+/]`.
    package var ufragPrefix: String
    package var timers: ICETimers

    package init(
        role: Role, certificate: DTLSCertificate, localAddresses: [TransportAddress],
        stunServers: [TransportAddress] = [], turnServers: [TURNServer] = [], tcpAddresses: [TransportAddress] = [],
        ufragPrefix: String = "", timers: ICETimers = ICETimers()
    ) {
        self.role = role
        self.certificate = certificate
        self.localAddresses = localAddresses
        self.stunServers = stunServers
        self.turnServers = turnServers
        self.tcpAddresses = tcpAddresses
        self.ufragPrefix = ufragPrefix
        self.timers = timers
    }
}
