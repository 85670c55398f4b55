import JSONRPC

/// What a server says of an error, in one line for people: the `detail` of a problem document (RFC 9457), what other
/// servers call it, or the plain text of the body.
enum ProblemText {
    static let maximumLength = 200

    /// `404 Not Found: no such stream`; secrets of ours are taken out.
    static func make(_ response: EndpointResponse, _ credentials: EndpointCredentials) -> String {
        let status = phrase(response.status).map { "\(response.status) \($0)" } ?? "\(response.status)"
        let text = shorten(credentials.redacting(said(response.body)))
        return text.isEmpty ? status : "\(status): \(text)"
    }

    private static func said(_ body: String) -> String {
        let text = body.trimmedOfSpaces
        if text.hasPrefix("{"), case .object(let object)? = try? JSONValue(parsing: text) {
            for key in ["detail", "error", "message", "title", "msg", "reason"] {
                if let said = object[key]?.string, !said.isEmpty { return said }
            }
            return ""
        }
        // A page says nothing in one line.
        return text.hasPrefix("<") ? "" : text
    }

    private static func shorten(_ text: String) -> String {
        var line = String(text.prefix(maximumLength + 1).map { $0.isNewline || !isPrintable($0) ? " " : $0 })
        line = line.split(separator: " ").joined(separator: " ")
        return line.count > maximumLength ? line.prefix(maximumLength) + "…" : line
    }

    private static func isPrintable(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value)
        }
    }

    private static func phrase(_ status: Int) -> String? {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 409: "Conflict"
        case 410: "Gone"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: nil
        }
    }
}
