import NIOHTTP1

/// What HTTP in clear gets from another machine where the server has a certificate (``ConnectionSecurity/mustBeSecure``).
enum ClearTextRefusal {
    static let reason =
        "This server has a certificate: speak to it by https and wss, so that no token crosses the network in clear."

    /// Nil when the request is to be answered as any other: whether the server is up needs no secret.
    static func answer(to head: HTTPRequestHead, localAddress: String) -> HTTPAnswer? {
        let path = String(head.uri.prefix { $0 != "?" })
        if path == "/livez" || path == "/readyz" { return nil }
        guard PageFile.all[path] != nil, head.method == .GET || head.method == .HEAD else {
            return HTTPAnswer(status: .forbidden, body: reason + "\n")
        }
        // Not for ever: browsers would keep it when the certificate is gone. The fragment, where the token is, stays
        // with the browser, which takes it along.
        let page = "https://\(RequestAuthority.text(head, localAddress: localAddress))\(path)"
        return HTTPAnswer(status: .temporaryRedirect, headers: [("Location", page)], body: "The page is at \(page).\n")
    }
}
