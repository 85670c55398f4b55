import RoomModel

/// Where a room server listens: `ws://host:port`, or `wss://[::1]:8790` with TLS; the port is 8790 when absent.
package struct SignalingEndpoint: Sendable, Equatable {
    /// `wss`
    package let isSecure: Bool
    /// A name or a numeric address, without brackets.
    package let host: String
    package let port: Int

    /// Reads the URL. Throws 1000017 for what is none.
    package init(url: String) throws(ZegoError) {
        let scheme: Substring
        var rest: Substring
        guard let separator = url.firstRange(of: "://") else {
            throw ZegoError(
                .illegalParameter,
                detail: "\"\(url)\" is not the URL of a room server (ws://host:port, wss://host:port)")
        }
        scheme = url[..<separator.lowerBound]
        rest = url[separator.upperBound...]
        isSecure = scheme.lowercased() == "wss"
        guard isSecure || scheme.lowercased() == "ws" else {
            throw ZegoError(
                .illegalParameter, detail: "the URL of a room server begins with ws:// or wss://, not \(scheme)://")
        }
        if rest.last == "/" { rest = rest.dropLast() }
        let host: Substring
        var port: Substring?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else {
                throw ZegoError(.illegalParameter, detail: "the address in \"\(url)\" has no closing bracket")
            }
            host = rest[rest.index(after: rest.startIndex)..<end]
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else {
                throw ZegoError(
                    .illegalParameter,
                    detail: "\"\(url)\" is not the URL of a room server (ws://host:port, wss://host:port)")
            }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = parts[0]
            port = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty, !host.contains(where: { "/?#@ ".contains($0) }) else {
            throw ZegoError(.illegalParameter, detail: "\"\(url)\" names no host")
        }
        guard let number = port.map({ Int($0) }) ?? 8790, (1...65535).contains(number) else {
            throw ZegoError(.illegalParameter, detail: "the port in \"\(url)\" is not a number from 1 to 65535")
        }
        self.host = String(host)
        self.port = number
    }

    /// As it stands in the `Host` header.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
