package import JSONRPC

/// The result of `ping`.
package struct PingResult: SignalingMessage {
    /// As in the request.
    package let time: Double
    /// The server's clock, in milliseconds since 1970, with a fraction; up to the year 5138.
    package let serverTime: Double
    private static let latestTime = 1e14

    package init(time: Double, serverTime: Double) {
        self.time = time
        self.serverTime = serverTime
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        time = try reader.number("time")
        serverTime = try reader.number("serverTime")
        // Whoever computes with it must not run over.
        guard (0...Self.latestTime).contains(serverTime) else {
            throw JSONShapeError(path: "serverTime", expected: "milliseconds since 1970", got: "\(serverTime)")
        }
    }

    package var json: JSONValue { ["time": .number(time), "serverTime": .number(serverTime)] }
}
