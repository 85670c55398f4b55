import NIOCore
import Transport

/// The addresses behind `stun:host:port` URLs (RFC 7064).
enum STUNServers {
    /// Asks the resolver, off the event loops; what cannot be resolved, and what is not STUN over UDP, is left out.
    static func resolve(_ urls: [String]) async -> [TransportAddress] {
        let names = urls.compactMap(hostAndPort)
        guard !names.isEmpty else { return [] }
        return await Task.detached {
            names.compactMap { host, port in
                if let numeric = TransportAddress(host: host, port: UInt16(port)) { return numeric }
                guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: port),
                    let text = address.ipAddress
                else { return nil }
                return TransportAddress(host: text, port: UInt16(port))
            }
        }.value
    }

    static func hostAndPort(_ url: String) -> (String, Int)? {
        guard url.hasPrefix("stun:") else { return nil }
        let rest = url.dropFirst("stun:".count).prefix { $0 != "?" }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let tail = rest[rest.index(after: end)...].dropFirst()
            return (String(rest.dropFirst().prefix { $0 != "]" }), validPort(tail))
        }
        let parts = rest.split(separator: ":", maxSplits: 1)
        guard let host = parts.first else { return nil }
        return (String(host), validPort(parts.count == 2 ? parts[1] : ""))
    }

    private static func validPort(_ text: Substring) -> Int {
        guard let port = Int(text), (1...65535).contains(port) else { return 3478 }
        return port
    }
}
