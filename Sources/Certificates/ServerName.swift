import Transport

/// A name or an address by which clients reach a server, as it stands in a certificate (RFC 5280, section 4.2.1.6).
package enum ServerName: Hashable, Sendable {
    /// A host name, or one with `*` for its first label.
    case dns(String)
    case address(TransportAddress)

    /// Reads a host name (letters, digits, hyphens and underscores between dots, at most 253 bytes) or a numeric
    /// address, without a zone; nil for anything else.
    package init?(_ text: String) {
        if let address = TransportAddress(host: text, port: 0) {
            guard address.scope == 0 else { return nil }
            self = .address(address)
            return
        }
        var labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let name = labels.joined(separator: ".")
        if labels.first == "*", labels.count > 1 { labels.removeFirst() }
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy(Self.isNameCharacter)
        }
        guard isName, name.utf8.count <= 253 else { return nil }
        self = .dns(name)
    }

    private static func isNameCharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// As OpenSSL's configuration writes it.
    var extensionText: String {
        switch self {
        case .dns(let name): "DNS:\(name)"
        case .address(let address): "IP:\(address.host)"
        }
    }
}

extension ServerName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .dns(let name): name
        case .address(let address): address.host
        }
    }
}
