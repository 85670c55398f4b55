package import JSONRPC

/// The result of `ping`.
package struct PingResult: SignalingMessage {
    /// As in the request.
    package let time: Double
    /// The server's clock, in milliseconds since 1970, with a fraction.
    package let serverTime: Double

    package init(time: Double, serverTime: Double) {
        self.time = time
        self.serverTime = serverTime
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        time = try reader.number("time")
        serverTime = try reader.number("serverTime")
    }

    package var json: JSONValue { ["time": .number(time), "serverTime": .number(serverTime)] }
}
