import COpenSSL
import CPage
import NIOHTTP1

/// One of the three files of the page that joins rooms from a browser. They are part of the program.
struct PageFile: Sendable {
    let contentType: String
    let text: String
    /// A strong entity tag (RFC 9110, section 8.8.3) with its quotation marks: it changes with the file.
    let entityTag: String

    /// The files by their path.
    static let all = [
        "/": PageFile("text/html; charset=utf-8", zego_page_html),
        "/page.js": PageFile("text/javascript; charset=utf-8", zego_page_script),
        "/page.css": PageFile("text/css; charset=utf-8", zego_page_style),
    ]

    /// What the page may do, which is little: nothing from other hosts, nothing inline, no text taken for markup.
    /// `connect-src 'self'` includes the WebSocket of the same host and port.
    private static let securityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let headers = [
        ("Content-Security-Policy", securityPolicy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), display-capture=()"),
        // Kept by the browser, and asked for again each time: a new version of the server is a new page at once.
        ("Cache-Control", "no-cache"),
    ]

    private init(_ contentType: String, _ file: zego_page_file) {
        self.contentType = contentType
        text = String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.size), as: UTF8.self)
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(file.bytes, file.size, &digest)
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = digest.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        entityTag = "\"\(String(decoding: hexadecimal, as: UTF8.self))\""
    }

    /// The answer to a GET or HEAD: the file, or 304 when the browser has it already.
    ///
    /// - Parameter known: the fields `If-None-Match` of the request, element by element.
    func answer(known: [Substring]) -> HTTPAnswer {
        let headers = Self.headers + [("ETag", entityTag)]
        // The comparison is the weak one (RFC 9110, section 13.1.2).
        let isKnown = known.contains { $0 == "*" || $0 == entityTag || $0 == "W/\(entityTag)" }
        return isKnown
            ? HTTPAnswer(status: .notModified, contentType: contentType, headers: headers, body: "")
            : HTTPAnswer(status: .ok, contentType: contentType, headers: headers, body: text)
    }
}
