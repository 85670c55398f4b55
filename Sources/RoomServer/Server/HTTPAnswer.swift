import NIOHTTP1

/// A plain HTTP response with a text.
struct HTTPAnswer: Sendable {
    let status: HTTPResponseStatus
    var contentType = "text/plain; charset=utf-8"
    var headers: [(String, String)] = []
    let body: String
}
