import Transport

/// Where datagrams leave from (a base), with its preference among the others: an address of the machine, a relayed
/// address, or a connection to one TCP candidate of the peer.
struct ICELocalAddress {
    let base: TransportAddress
    let preference: UInt16
    let carrier: TransportTuple.Carrier
    /// Relayed: how the relay is reached.
    let relayTransport: TURNTransport?
    /// A connection: the one address that it leads to.
    let peer: TransportAddress?

    init(
        base: TransportAddress, preference: UInt16, carrier: TransportTuple.Carrier = .udp,
        relayTransport: TURNTransport? = nil, peer: TransportAddress? = nil
    ) {
        self.base = base
        self.preference = preference
        self.carrier = carrier
        self.relayTransport = relayTransport
        self.peer = peer
    }

    /// The type preference of pairs from here (RFC 8445, section 5.1.2.2, leaves the numbers to the agent). Relayed over
    /// UDP comes before a direct TCP connection, in which one lost segment holds up all that follow.
    private var typePreference: UInt32 {
        switch (carrier, relayTransport) {
        case (.udp, _): ICECandidate.Kind.host.preference
        case (.stream, _): 20
        case (.relay, .udp), (.relay, nil): 30
        case (.relay, .tcp): 10
        case (.relay, .tls): 5
        }
    }

    var priority: UInt32 { typePreference << 24 | UInt32(preference) << 8 | 255 }

    /// What a peer is to give the candidate that it may learn from a check (RFC 8445, section 7.1.1).
    var reflexivePriority: UInt32 {
        carrier == .udp ? ICECandidate.priority(.peerReflexive, localPreference: preference) : priority
    }

    /// Whether datagrams can go from here to there: one family, and link-local only among themselves; from a relay to no
    /// address that means the relay's own machine or network.
    func reaches(_ remote: ICECandidate) -> Bool {
        switch carrier {
        case .udp:
            remote.transport == .udp && base.family == remote.address.family
                && (base.isLinkLocal == remote.address.isLinkLocal || base.isUnspecified)
        case .stream:
            remote.transport == .tcpPassive && remote.address == peer
        case .relay:
            remote.transport == .udp && base.family == remote.address.family && !remote.address.isLinkLocal
                && (!remote.address.isLoopback || base.isLoopback)
        }
    }
}
