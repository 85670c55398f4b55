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

    /// What reaches a candidate: UDP, or TCP by connections that one side opens (RFC 6544, section 4.1).
    package enum Transport: Hashable, Sendable {
        case udp
        /// It waits for connections.
        case tcpPassive
        /// It opens them, from whatever port.
        case tcpActive

        var isTCP: Bool { self != .udp }
    }

    package var kind: Kind
    package var transport: Transport
    package var foundation: String
    package var priority: UInt32
    package var address: TransportAddress
    /// The address that datagrams are sent from; on a remote candidate its related address, if known.
    package var base: TransportAddress?

    package init(
        kind: Kind, transport: Transport = .udp, foundation: String, priority: UInt32, address: TransportAddress,
        base: TransportAddress? = nil
    ) {
        self.kind = kind
        self.transport = transport
        self.foundation = foundation
        self.priority = priority
        self.address = address
        self.base = base
    }

    /// `localPreference`: 0–65535, distinct for each local address (RFC 8445, section 5.1.2.1).
    static func priority(_ kind: Kind, localPreference: UInt16) -> UInt32 {
        kind.preference << 24 | UInt32(localPreference) << 8 | 255
    }

    /// The type preference of a TCP candidate, which stands below those of UDP that need no relay (RFC 6544, section 4.2).
    static let tcpPreference: UInt32 = 90

    /// Of a TCP candidate that waits: its local preference begins with the direction (RFC 6544, section 4.2).
    static func passivePriority(localPreference: UInt16) -> UInt32 {
        tcpPreference << 24 | (4 << 13 | UInt32(localPreference) >> 3) << 8 | 255
    }

    /// Reads `candidate:…` (also with `a=` before it). Nil for what is of no use to this agent: another transport than
    /// UDP and TCP, simultaneous open, another component, a host name (mDNS), a malformed line.
    package init?(_ line: String) {
        guard line.utf8.count <= 512 else { return nil }
        var text = line[...]
        if text.hasPrefix("a=") { text = text.dropFirst(2) }
        guard text.hasPrefix("candidate:") else { return nil }
        let parts = text.dropFirst("candidate:".count).split(separator: " ")
        guard parts.count >= 8, 1...32 ~= parts[0].utf8.count, parts[1] == "1",
            let transport = Self.transport(parts[2], attributes: parts[8...]), let priority = UInt32(parts[3]),
            let port = UInt16(parts[5]), port != 0, parts[6] == "typ",
            let kind = Kind(rawValue: String(parts[7])),
            let address = TransportAddress(host: String(parts[4]), port: port), !address.isUnspecified
        else { return nil }
        self.init(
            kind: kind, transport: transport, foundation: String(parts[0]), priority: priority, address: address)
    }

    private static func transport(_ name: Substring, attributes: ArraySlice<Substring>) -> Transport? {
        switch name.lowercased() {
        case "udp": return .udp
        case "tcp":
            guard let index = attributes.firstIndex(of: "tcptype"), index + 1 < attributes.endIndex else { return nil }
            switch attributes[index + 1] {
            case "passive": return .tcpPassive
            case "active": return .tcpActive
            default: return nil
            }
        default: return nil
        }
    }

    /// `candidate:…` as it stands in SDP after `a=`.
    package var line: String {
        let name = transport.isTCP ? "tcp" : "udp"
        var line = "candidate:\(foundation) 1 \(name) \(priority) \(address.host) \(address.port) typ \(kind.rawValue)"
        if kind != .host, let base { line += " raddr \(base.host) rport \(base.port)" }
        switch transport {
        case .udp: break
        case .tcpPassive: line += " tcptype passive"
        case .tcpActive: line += " tcptype active"
        }
        return line
    }
}
