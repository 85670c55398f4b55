import RoomModel

/// An `http` or `https` URL (RFC 3986), as far as WHIP and WHEP need it. What of it may be shown is its ``origin``: the rest
/// may hold secrets, so ``description`` leaves it out.
package struct HTTPURL: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// In lower case, without brackets.
    package let host: String
    package let port: Int
    /// `user:password` as written, before it was taken out of the URL; nil without.
    package let userInformation: String?
    /// Path and query, beginning with `/`.
    package let target: String

    private init(scheme: String, host: String, port: Int, userInformation: String?, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.userInformation = userInformation
        self.target = target
    }

    /// Reads an absolute URL.
    ///
    /// - Throws: 1000017 with what is wrong, never with the URL itself.
    package init(_ text: String) throws(ZegoError) {
        guard text.utf8.count <= 4096 else { throw Self.refused("a URL has at most 4096 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { throw Self.refused("a URL has ASCII characters without spaces; others are written as %XX") }
        guard let colon = text.firstRange(of: "://") else {
            throw Self.refused("the URL has to begin with https:// or http://")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw Self.refused("the URL has to begin with https:// or http://, not \(scheme.prefix(20))://")
        }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end]
        let tail = rest[end...]
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try Self.hostAndPort(authority, defaultPort: scheme == "https" ? 443 : 80)
        self.init(
            scheme: scheme, host: host, port: port, userInformation: user,
            target: tail.first == "/" ? String(tail) : "/" + tail)
    }

    private static func refused(_ detail: String) -> ZegoError { ZegoError(.illegalParameter, detail: detail) }

    private static func hostAndPort(_ authority: Substring, defaultPort: Int) throws(ZegoError) -> (String, Int) {
        var host = authority
        var port = Substring()
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw refused("the URL's address has no ]") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw refused("the URL names no host") }
            port = tail.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostCharacter) else { throw refused("the URL names no host") }
        guard !port.isEmpty else { return (host.lowercased(), defaultPort) }
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw refused("the URL's port is not a number from 1 to 65535")
        }
        return (host.lowercased(), number)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: false
        }
    }

    /// `https://host`, with the port where it is not the scheme's own (RFC 6454).
    package var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
    }

    /// The whole URL for a request, without user and password.
    package var text: String { origin + target }

    /// The URL that a reference means here, in a `Location` for example (RFC 3986, section 5.2): absolute, or relative to
    /// this one; nil when it is none of `http` or `https`.
    package func resolving(_ reference: String) -> HTTPURL? {
        let reference = reference.prefix { $0 != "#" }
        if let colon = reference.firstIndex(of: ":"), colon != reference.startIndex,
            reference[..<colon].allSatisfy(\.isLetter)
        {
            return try? HTTPURL(String(reference))
        }
        if reference.hasPrefix("//") { return try? HTTPURL("\(scheme):\(reference)") }
        guard reference.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), reference.utf8.count <= 4096 else { return nil }
        let path = target.prefix { $0 != "?" }
        let target: String
        switch reference.first {
        case nil: target = self.target
        case "?": target = String(path) + reference
        case "/": target = Self.withoutDots(reference)
        default:
            let directory = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            target = Self.withoutDots(directory + reference)
        }
        return HTTPURL(scheme: scheme, host: host, port: port, userInformation: userInformation, target: target)
    }

    /// Removes the segments `.` and `..` (RFC 3986, section 5.2.4).
    private static func withoutDots(_ target: Substring) -> String {
        let path = target.prefix { $0 != "?" }
        let query = target[path.endIndex...]
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + query
    }
}

extension HTTPURL: CustomStringConvertible, CustomReflectable {
    package var description: String { origin }
    package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}
