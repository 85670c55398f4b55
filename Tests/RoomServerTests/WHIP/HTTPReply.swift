import JSONRPC
import Testing

/// An HTTP response, read to the end of its connection.
struct HTTPReply {
    let status: Int
    /// By lower-case name, in order.
    let headers: [String: [String]]
    let body: String

    init(_ text: String) throws {
        let head = try #require(text.firstRange(of: "\r\n\r\n"), "no head: \(text.prefix(200))")
        var lines = text[..<head.lowerBound].split(separator: "\r\n")
        let first = lines.removeFirst().split(separator: " ")
        #expect(first.first == "HTTP/1.1")
        status = try #require(first.dropFirst().first.flatMap { Int($0) })
        var headers: [String: [String]] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased(), default: []].append(parts.count == 2 ? String(parts[1].dropFirst()) : "")
        }
        self.headers = headers
        body = String(text[head.upperBound...])
    }

    subscript(name: String) -> String? { headers[name.lowercased()]?.first }

    /// The body as a problem document (RFC 9457), checked for its form.
    func problem() throws -> JSONValue {
        #expect(self["Content-Type"] == "application/problem+json")
        let json = try JSONValue(parsing: body)
        #expect(json["status"]?.integer == Int64(status))
        #expect(json["type"]?.string == "about:blank")
        #expect(json["title"]?.string?.isEmpty == false)
        #expect(json["detail"]?.string?.isEmpty == false)
        return json
    }
}

extension String {
    /// The first place of a word.
    fileprivate func firstRange(of word: String) -> Range<Index>? {
        var start = startIndex
        // Characters are compared, so CR LF counts as the one that it is.
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start..<index(start, offsetBy: word.count) }
            start = index(after: start)
        }
        return nil
    }
}
