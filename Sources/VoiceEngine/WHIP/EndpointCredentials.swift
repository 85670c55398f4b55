import RoomModel

/// What is sent to a WHIP or WHEP endpoint, and where: the URL, and the `Authorization` for its origin.
package struct EndpointCredentials: Sendable, Equatable {
    package let url: HTTPURL
    /// The field's value; nil without credentials.
    let authorization: String?
    /// Texts that a server may not make us repeat.
    private let secrets: [String]

    /// Checks what a caller gave.
    ///
    /// - Throws: 1000017 for a URL or a token that is none, with what is wrong and not with what it was.
    package init(_ endpoint: MediaEndpoint) throws(ZegoError) {
        let url = try HTTPURL(endpoint.url)
        self.url = url
        var secrets: [String] = []
        if let token = endpoint.bearerToken {
            guard url.userInformation == nil else {
                throw ZegoError(.illegalParameter, detail: "bearerToken, or user and password in the URL: not both")
            }
            guard 1...8192 ~= token.utf8.count, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw ZegoError(
                    .illegalParameter, detail: "a bearerToken has 1 to 8192 ASCII characters without spaces")
            }
            authorization = "Bearer \(token)"
            secrets.append(token)
        } else if let user = url.userInformation {
            let decoded = user.split(separator: "%", omittingEmptySubsequences: false)
            var bytes = Array((decoded.first ?? "").utf8)
            for part in decoded.dropFirst() {
                guard let byte = UInt8(part.prefix(2), radix: 16), part.utf8.count >= 2 else {
                    throw ZegoError(.illegalParameter, detail: "the URL's user information has a % without two digits")
                }
                bytes.append(byte)
                bytes += Array(part.utf8.dropFirst(2))
            }
            authorization = "Basic \(Base64.encode(bytes))"
            secrets += [user] + user.split(separator: ":").map(String.init)
        } else {
            authorization = nil
        }
        if let query = url.target.firstIndex(of: "?") {
            let text = url.target[url.target.index(after: query)...]
            secrets.append(String(text))
            secrets += text.split(separator: "&").compactMap { $0.split(separator: "=").last.map(String.init) }
        }
        self.secrets = secrets.filter { $0.utf8.count >= 4 }
    }

    /// The `Authorization` for a request there; nil elsewhere than at the endpoint's own origin.
    func authorization(for url: HTTPURL) -> String? {
        url.origin == self.url.origin ? authorization : nil
    }

    /// A server's text without what was secret in what it was sent.
    func redacting(_ text: String) -> String {
        var text = text
        for secret in secrets { text = text.replacing(secret, with: "…") }
        return text
    }
}

extension EndpointCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { url.origin }
    package var customMirror: Mirror { Mirror(self, children: ["origin": url.origin]) }
}
