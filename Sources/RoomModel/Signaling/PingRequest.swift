package import JSONRPC

/// `ping`: keeps the session alive, and tells the offset of the clocks: with the round trip r between sending and the
/// reply, the server's clock was at `serverTime` when the client's was r/2 after `time` (take the reply of least r).
package struct PingRequest: SignalingRequest {
    package typealias Response = PingResult
    package static let method = "ping"

    /// The client's clock in milliseconds, any origin.
    package let time: Double

    package init(time: Double) {
        self.time = time
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        time = try reader.number("time")
        try reader.finish()
    }

    package var json: JSONValue { ["time": .number(time)] }
}
