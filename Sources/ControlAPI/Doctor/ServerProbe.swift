import Glibc

/// Tries whether somebody listens at the TCP port of a room server.
package enum ServerProbe {
    /// - Parameters:
    ///   - url: `ws://host:port` or `wss://host:port`.
    ///   - seconds: how long to wait for the other machine.
    /// - Returns: nil when the text is no such URL.
    package static func reach(_ url: String, timeout seconds: Double = 3) -> Diagnosis.ServerReach? {
        guard let (host, port) = hostAndPort(url) else { return nil }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &list) == 0, let first = list else { return .unknownHost }
        defer { freeaddrinfo(first) }
        var reach = Diagnosis.ServerReach.noAnswer
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next {
            let result = connect(address.pointee, seconds)
            if result == .answers { return .answers }
            if result == .refused { reach = .refused }
            next = address.pointee.ai_next
        }
        return reach
    }

    /// The host and the port of a server URL.
    static func hostAndPort(_ url: String) -> (host: String, port: String)? {
        let isSecure = url.hasPrefix("wss://")
        guard isSecure || url.hasPrefix("ws://") else { return nil }
        let authority = url.dropFirst(isSecure ? 6 : 5).prefix { $0 != "/" }
        let standard = isSecure ? "443" : "80"
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return (String(host), rest.hasPrefix(":") ? String(rest.dropFirst()) : standard)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (String(authority), standard) }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }

    private static func connect(_ address: addrinfo, _ seconds: Double) -> Diagnosis.ServerReach {
        let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
        guard descriptor >= 0 else { return .noAnswer }
        defer { close(descriptor) }
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return .answers }
        if errno == ECONNREFUSED { return .refused }
        guard errno == EINPROGRESS else { return .noAnswer }
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&poller, 1, CInt(seconds * 1000)) > 0 else { return .noAnswer }
        var failure: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        return failure == 0 ? .answers : failure == ECONNREFUSED ? .refused : .noAnswer
    }
}
