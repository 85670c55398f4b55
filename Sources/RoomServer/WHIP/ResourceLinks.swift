import RoomModel

/// The `Link` fields that tell a WHIP or WHEP client of STUN and TURN servers (RFC 9725, section 4.6).
enum ResourceLinks {
    static func fields(_ servers: [ICEServer]) -> [(String, String)] {
        servers.flatMap { server in
            server.urls.map { url in
                var value = "<\(url)>; rel=\"ice-server\""
                if let username = server.username { value += "; username=\(quoted(username))" }
                if let credential = server.credential {
                    value += "; credential=\(quoted(credential)); credential-type=\"password\""
                }
                return ("Link", value)
            }
        }
    }

    /// A quoted-string (RFC 9110, section 5.6.4).
    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }
}
