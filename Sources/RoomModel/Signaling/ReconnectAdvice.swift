package import JSONRPC

/// `reconnect`: the server is draining; the client comes back (to it or to another) after a while.
package struct ReconnectAdvice: SignalingMessage {
    package static let method = "reconnect"

    /// Milliseconds to wait before the next connection.
    package let delayMs: Int

    package init(delayMs: Int) {
        self.delayMs = delayMs
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        delayMs = try reader.integer("delayMs", in: 0...3_600_000)
    }

    package var json: JSONValue { ["delayMs": .integer(Int64(delayMs))] }
}
