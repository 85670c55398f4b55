/// The URL of a STUN or TURN server (RFC 7064, RFC 7065): `stun:host:port`, `turn:host:port?transport=udp`,
/// `turns:host:port`.
package struct ICEServerURL: Hashable, Sendable {
    /// How a client reaches the server.
    package enum Service: String, Hashable, Sendable {
        /// STUN over UDP.
        case stun
        /// TURN over UDP, over TCP, and over TLS on TCP.
        case turnUDP
        case turnTCP
        case turnTLS
    }

    package let service: Service
    /// A name or a numeric address, IPv6 without its brackets.
    package let host: String
    package let port: UInt16

    /// Nil for anything else, DTLS (`turns:…?transport=udp`) and STUN over TLS included: nobody here speaks it.
    package init?(_ text: String) {
        guard text.utf8.count <= 512, let colon = text.firstIndex(of: ":") else { return nil }
        let parts = text[text.index(after: colon)...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let transport = parts.count == 2 ? String(parts[1]) : nil
        switch (text[..<colon].lowercased(), transport) {
        case ("stun", nil): service = .stun
        case ("turn", nil), ("turn", "transport=udp"): service = .turnUDP
        case ("turn", "transport=tcp"): service = .turnTCP
        case ("turns", nil), ("turns", "transport=tcp"): service = .turnTLS
        default: return nil
        }
        let standardPort: UInt16 = service == .turnTLS ? 5349 : 3478
        guard let first = parts.first, let (host, port) = Self.hostAndPort(first, standardPort) else { return nil }
        self.host = host
        self.port = port
    }

    private static func hostAndPort(_ text: Substring, _ standardPort: UInt16) -> (String, UInt16)? {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text.dropFirst(host.count)
            guard !host.isEmpty, host.utf8.count <= 253,
                host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
            else { return nil }
        }
        if rest.isEmpty { return (String(host), standardPort) }
        guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (String(host), port)
    }
}
