/// A STUN or TURN server that a WHIP or WHEP server wants to be used (RFC 9725, section 4.6).
package struct LinkedICEServer: Sendable, Hashable {
    /// `stun:host:port`, `turn:host:port?transport=udp`, `turns:…`
    package let url: String
    package let username: String?
    package let credential: String?

    package init(url: String, username: String? = nil, credential: String? = nil) {
        self.url = url
        self.username = username
        self.credential = credential
    }

    /// Reads fields `Link` (RFC 8288, section 3): links with commas between them, each `<target>; name=value; name="value"`.
    /// What has another relation, or makes no sense, is passed over; at most eight are taken.
    static func read(_ fields: [String]) -> [LinkedICEServer] {
        var servers: [LinkedICEServer] = []
        for field in fields {
            var rest = field.prefix(8192)[...]
            while let start = rest.firstIndex(of: "<"), servers.count < 8 {
                guard let end = rest[start...].firstIndex(of: ">") else { break }
                let url = String(rest[rest.index(after: start)..<end]).trimmedOfSpaces
                rest = rest[rest.index(after: end)...]
                let parameters = parameters(&rest)
                let isICEServer = (parameters["rel"] ?? "").lowercased().split(separator: " ").contains("ice-server")
                let scheme = url.prefix { $0 != ":" }.lowercased()
                guard isICEServer, ["stun", "stuns", "turn", "turns"].contains(scheme) else { continue }
                servers.append(
                    LinkedICEServer(url: url, username: parameters["username"], credential: parameters["credential"]))
            }
        }
        return servers
    }

    /// `; name=value; name="value"` up to the comma before the next link.
    private static func parameters(_ rest: inout Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard rest.first == ";" else { break }
            rest = rest.dropFirst().drop { $0.isWhitespace }
            let name = rest.prefix { !"=;,\"".contains($0) && !$0.isWhitespace }
            rest = rest[name.endIndex...].drop { $0.isWhitespace }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0.isWhitespace }
            let value = rest.first == "\"" ? quoted(&rest) : token(&rest)
            if parameters[name.lowercased()] == nil { parameters[name.lowercased()] = value }
        }
        return parameters
    }

    private static func token(_ rest: inout Substring) -> String {
        let value = rest.prefix { !";,".contains($0) && !$0.isWhitespace }
        rest = rest[value.endIndex...]
        return String(value)
    }

    /// A quoted string, its escapes undone.
    private static func quoted(_ rest: inout Substring) -> String {
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" { break }
            value.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        return value
    }
}

extension LinkedICEServer: CustomStringConvertible, CustomReflectable {
    package var description: String { url }
    package var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}
