import Transport

/// A local address to send from (a base), with its preference among the others.
struct ICELocalAddress {
    let base: TransportAddress
    let preference: UInt16

    var hostPriority: UInt32 { ICECandidate.priority(.host, localPreference: preference) }
    var reflexivePriority: UInt32 { ICECandidate.priority(.peerReflexive, localPreference: preference) }

    /// Whether datagrams can go from here to there: one family, and link-local only among themselves.
    func reaches(_ remote: TransportAddress) -> Bool {
        base.family == remote.family && (base.isLinkLocal == remote.isLinkLocal || base.isUnspecified)
    }
}
