/// The answer to an ``EndpointRequest``.
package struct EndpointResponse: Sendable {
    /// Bytes of a body at most: a session description is not longer.
    package static let maximumBody = 65_536

    package let status: Int
    package let headers: [(name: String, value: String)]
    /// What of it is UTF-8, up to ``maximumBody``.
    package let body: String
    /// There was more than ``maximumBody``.
    package let isTruncated: Bool

    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: String = "", isTruncated: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isTruncated = isTruncated
    }

    /// The first field of a name, without regard to case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Every field of a name.
    package func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The entity tag, as it is to be sent back: quoted or not, as servers have it. Some spell the field `E-Tag`.
    package var entityTag: String? { (header("ETag") ?? header("E-Tag")).flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether the body is a session description, whatever its type is called.
    package var hasDescription: Bool { !isTruncated && body.hasPrefix("v=0") }

    /// Whether the body is a fragment of one, whatever its type is called.
    package var hasFragment: Bool { !isTruncated && body.contains("ice-ufrag:") }

    /// What `Retry-After` says (RFC 9110, section 10.2.3), in nanoseconds and within bounds: seconds, or a date that is
    /// measured against the server's own. Nil without.
    package var retryAfter: Int64? {
        guard let field = header("Retry-After")?.trimmedOfSpaces, !field.isEmpty else { return nil }
        var seconds = Int64(field)
        if seconds == nil, let until = HTTPDate(field),
            let now = header("Date").flatMap({ HTTPDate($0.trimmedOfSpaces) })
        {
            seconds = until.secondsSince1970 - now.secondsSince1970
        }
        guard let seconds else { return nil }
        let pause = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if pause.overflow { return seconds < 0 ? EndpointTimes.shortestPause : EndpointTimes.longestPause }
        return min(max(pause.partialValue, EndpointTimes.shortestPause), EndpointTimes.longestPause)
    }

    /// The servers of `Link: <stun:…>; rel="ice-server"` (RFC 9725, section 4.6).
    package var iceServers: [LinkedICEServer] { LinkedICEServer.read(values("Link")) }
}

extension String {
    /// Without white space at either end.
    var trimmedOfSpaces: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
