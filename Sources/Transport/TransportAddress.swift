import Glibc

/// An IP address and a port: a value of fixed size that hashes and compares without allocation, so that it can key the
/// tables of the media paths. IPv4-mapped IPv6 addresses are kept as IPv4.
@frozen
package struct TransportAddress: Hashable, Sendable {
    @frozen
    package enum Family: UInt8, Sendable {
        case ipv4 = 4
        case ipv6 = 6
    }

    package let family: Family
    /// The port in host byte order.
    package let port: UInt16
    /// The zone of a link-local IPv6 address (interface index), else 0.
    package let scope: UInt32
    /// The address, big-endian: IPv4 in the low 32 bits of `low`; IPv6 in both.
    package let high: UInt64
    package let low: UInt64

    package init(ipv4 address: UInt32, port: UInt16) {
        self.init(family: .ipv4, port: port, scope: 0, high: 0, low: UInt64(address))
    }

    /// An IPv6 address; `::ffff:a.b.c.d` becomes the IPv4 address that it maps.
    package init(ipv6High high: UInt64, low: UInt64, port: UInt16, scope: UInt32 = 0) {
        if high == 0, low >> 32 == 0xFFFF {
            self.init(ipv4: UInt32(truncatingIfNeeded: low), port: port)
        } else {
            self.init(family: .ipv6, port: port, scope: scope, high: high, low: low)
        }
    }

    private init(family: Family, port: UInt16, scope: UInt32, high: UInt64, low: UInt64) {
        self.family = family
        self.port = port
        self.scope = scope
        self.high = high
        self.low = low
    }

    /// Parses a numeric address (`192.0.2.1`, `2001:db8::1`, `fe80::1%2` with a numeric zone); nil for a host name.
    package init?(host: String, port: UInt16) {
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts[0])
        var ipv4 = in_addr()
        if parts.count == 1, inet_pton(AF_INET, address, &ipv4) == 1 {
            self.init(ipv4: UInt32(bigEndian: ipv4.s_addr), port: port)
            return
        }
        var scope: UInt32 = 0
        if parts.count == 2 {
            guard let number = UInt32(parts[1]) else { return nil }
            scope = number
        }
        var ipv6 = in6_addr()
        guard inet_pton(AF_INET6, address, &ipv6) == 1 else { return nil }
        let (high, low) = withUnsafeBytes(of: &ipv6) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(ipv6High: high, low: low, port: port, scope: scope)
    }

    /// The same address with another port.
    package func with(port: UInt16) -> TransportAddress {
        switch family {
        case .ipv4: TransportAddress(ipv4: UInt32(truncatingIfNeeded: low), port: port)
        case .ipv6: TransportAddress(ipv6High: high, low: low, port: port, scope: scope)
        }
    }

    /// `127.0.0.0/8` or `::1`.
    package var isLoopback: Bool {
        switch family {
        case .ipv4: low >> 24 == 127
        case .ipv6: high == 0 && low == 1
        }
    }

    /// `0.0.0.0` or `::`.
    package var isUnspecified: Bool { high == 0 && low == 0 }

    /// `169.254.0.0/16` or `fe80::/10`.
    package var isLinkLocal: Bool {
        switch family {
        case .ipv4: low >> 16 == 0xA9FE
        case .ipv6: high >> 54 == 0x3FA
        }
    }

    /// The numeric address without the port.
    package var host: String {
        switch family {
        case .ipv4:
            return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
        case .ipv6:
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "::" }
            let end = text.firstIndex(of: 0) ?? text.endIndex
            let host = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return scope == 0 ? host : "\(host)%\(scope)"
        }
    }
}

extension TransportAddress: CustomStringConvertible {
    /// `192.0.2.1:5000` or `[2001:db8::1]:5000`.
    package var description: String {
        family == .ipv4 ? "\(host):\(port)" : "[\(host)]:\(port)"
    }
}
