package import JSONRPC

/// The result of `renewToken`: `{tokenRemainSeconds}`.
package struct RenewTokenResult: SignalingMessage {
    /// Seconds until the new token expires.
    package let tokenRemainSeconds: Int

    package init(tokenRemainSeconds: Int) {
        self.tokenRemainSeconds = tokenRemainSeconds
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        tokenRemainSeconds = try reader.integer("tokenRemainSeconds")
    }

    package var json: JSONValue { ["tokenRemainSeconds": .integer(Int64(tokenRemainSeconds))] }
}
