package import JSONRPC

/// The first message of a connection, from the server: a notification `challenge` without `seq`.
package struct Challenge: SignalingMessage {
    package static let method = "challenge"

    /// What login proofs of this connection are made over (``AppSignProof``): random, valid for this connection only.
    package let nonce: String
    /// The server's clock, in milliseconds since 1970.
    package let serverTime: Double
    /// The server's version, for people.
    package let version: String

    package init(nonce: String, serverTime: Double, version: String) {
        self.nonce = nonce
        self.serverTime = serverTime
        self.version = version
    }

    package init(json: JSONValue) throws {
        var reader = try JSONReader(json)
        nonce = try reader.string("nonce")
        serverTime = try reader.number("serverTime")
        version = try reader.string("version")
    }

    package var json: JSONValue {
        ["nonce": .string(nonce), "serverTime": .number(serverTime), "version": .string(version)]
    }
}
