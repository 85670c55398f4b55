import Transport

/// A candidate (RFC 8445, section 5.1; in text RFC 8839, section 5.1). Only component 1 exists here (rtcp-mux).
package struct ICECandidate: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case host
        case peerReflexive = "prflx"
        case serverReflexive = "srflx"
        case relayed = "relay"

        /// The recommended type preferences (RFC 8445, section 5.1.2.2).
        var preference: UInt32 {
            switch self {
            case .host: 126
            case .peerReflexive: 110
            case .serverReflexive: 100
            case .relayed: 0
            }
        }
    }

    package var kind: Kind
    package var foundation: String
    package var priority: UInt32
    package var address: TransportAddress
    /// The address that datagrams are sent from; on a remote candidate its related address, if known.
    package var base: TransportAddress?

    package init(
        kind: Kind, foundation: String, priority: UInt32, address: TransportAddress, base: TransportAddress? = nil
    ) {
        self.kind = kind
        self.foundation = foundation
        self.priority = priority
        self.address = address
        self.base = base
    }

    /// `localPreference`: 0–65535, distinct for each local address (RFC 8445, section 5.1.2.1).
    static func priority(_ kind: Kind, localPreference: UInt16) -> UInt32 {
        kind.preference << 24 | UInt32(localPreference) << 8 | 255
    }

    /// Reads `candidate:…` (also with `a=` before it). Nil for what is of no use to this agent: another transport than
    /// UDP, another component, a host name (mDNS), a malformed line.
    package init?(_ line: String) {
        guard line.utf8.count <= 512 else { return nil }
        var text = line[...]
        if text.hasPrefix("a=") { text = text.dropFirst(2) }
        guard text.hasPrefix("candidate:") else { return nil }
        let parts = text.dropFirst("candidate:".count).split(separator: " ")
        guard parts.count >= 8, 1...32 ~= parts[0].utf8.count, parts[1] == "1", parts[2].lowercased() == "udp",
            let priority = UInt32(parts[3]), let port = UInt16(parts[5]), port != 0, parts[6] == "typ",
            let kind = Kind(rawValue: String(parts[7])),
            let address = TransportAddress(host: String(parts[4]), port: port), !address.isUnspecified
        else { return nil }
        self.init(kind: kind, foundation: String(parts[0]), priority: priority, address: address)
    }

    /// `candidate:…` as it stands in SDP after `a=`.
    package var line: String {
        var line = "candidate:\(foundation) 1 udp \(priority) \(address.host) \(address.port) typ \(kind.rawValue)"
        if kind != .host, let base { line += " raddr \(base.host) rport \(base.port)" }
        return line
    }
}
