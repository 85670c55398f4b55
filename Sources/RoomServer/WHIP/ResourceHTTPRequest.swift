import NIOHTTP1

/// A whole HTTP request to a path of WHIP or WHEP.
struct ResourceHTTPRequest: Sendable {
    let head: HTTPRequestHead
    let path: ResourcePath
    let body: [UInt8]
    /// The client's IP address.
    let address: String
    /// The server's address and port, as the client reached it.
    let localAddress: String
    /// Whether it came by TLS.
    let isSecure: Bool

    /// The largest body: an SDP of full size.
    static let maximumBodyBytes = 65_536

    /// The values of a header field, one for each line.
    func fields(_ name: String) -> [String] { head.headers[name] }

    /// The media type of the body; nil when it is another or is not told once.
    var mediaType: MediaType? {
        let types = fields("Content-Type")
        return types.count == 1 ? MediaType(contentType: types[0]) : nil
    }

    /// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
    var bearerToken: String? {
        let fields = fields("Authorization")
        guard fields.count == 1 else { return nil }
        let parts = fields[0].split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// The beginning of the URLs that the client reaches this server by: from its own `Host`, and whether it speaks TLS,
    /// with us or by a proxy's word (which concerns nobody but this client).
    var baseURL: String {
        let isSecure = isSecure || fields("X-Forwarded-Proto").first?.lowercased() == "https"
        return (isSecure ? "https://" : "http://") + RequestAuthority.text(head, localAddress: localAddress)
    }
}
