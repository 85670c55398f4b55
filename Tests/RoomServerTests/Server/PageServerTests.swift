import Testing

@Suite("The page, as the server hands it out")
struct PageServerTests {
    private static func get(_ path: String, _ port: UInt16, headers: String = "") async throws -> String {
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
        return try #require(try await RawTestConnection.exchange(request, port: port))
    }

    private static func header(_ name: String, _ reply: String) -> String? {
        reply.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
            .map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    @Test(
        "three files with their types, and what the page may do",
        arguments: [
            ("/", "text/html; charset=utf-8", "<!DOCTYPE html>"),
            ("/page.js", "text/javascript; charset=utf-8", "RTCPeerConnection"),
            ("/page.css", "text/css; charset=utf-8", "prefers-color-scheme"),
            ("/?from=a-link", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ])
    func files(path: String, type: String, content: String) async throws {
        try await RoomServerRig.run { _, port in
            let reply = try await Self.get(path, port)
            #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(Self.header("Content-Type", reply) == type)
            #expect(reply.contains(content))
            #expect(Self.header("X-Content-Type-Options", reply) == "nosniff")
            #expect(Self.header("Referrer-Policy", reply) == "no-referrer")
            let policy = try #require(Self.header("Content-Security-Policy", reply)).split(separator: "; ")
            for rule in [
                "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                "frame-ancestors 'none'",
            ] {
                #expect(policy.contains(Substring(rule)), "\(policy)")
            }
        }
    }

    @Test("nothing of other hosts, and nothing inline that the policy would stop")
    func standsAlone() async throws {
        try await RoomServerRig.run { _, port in
            for path in ["/", "/page.js", "/page.css"] {
                let reply = try await Self.get(path, port)
                let body = try #require(reply.split(separator: "\r\n\r\n", maxSplits: 1).last)
                for mark in ["src=\"http", "href=\"http", "@import", "url(", "innerHTML", "style=\"", "onclick=\""] {
                    #expect(!body.contains(mark), "\(path) has \(mark)")
                }
            }
        }
    }

    @Test("a browser that has the file gets no second copy")
    func notModified() async throws {
        try await RoomServerRig.run { _, port in
            let first = try await Self.get("/page.js", port)
            let tag = try #require(Self.header("ETag", first))
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await Self.get("/page.js", port, headers: "If-None-Match: \(known)\r\n")
                #expect(again.hasPrefix("HTTP/1.1 304 "), "\(known)")
                #expect(again.hasSuffix("\r\n\r\n"))
                #expect(Self.header("ETag", again) == tag)
            }
            let other = try await Self.get("/page.js", port, headers: "If-None-Match: \"other\"\r\n")
            #expect(other.hasPrefix("HTTP/1.1 200 "))
            #expect(Self.header("ETag", try await Self.get("/page.css", port)) != tag)
        }
    }
}
