import JSONRPC

/// How a published stream leaves: figures over the last three seconds.
package struct PublisherQuality: Sendable, Equatable {
    /// RTP payload bits per millisecond (kb/s), headers not counted.
    package var kbps: Double
    /// The round trip to the room server by its receiver reports, else by ICE checks; nil until one came.
    package var rttMs: Double?
    /// Lost on the way to the room server, 0–1, as the server's receiver reports say.
    package var packetLostRate: Double

    package init(kbps: Double, rttMs: Double?, packetLostRate: Double) {
        self.kbps = kbps
        self.rttMs = rttMs
        self.packetLostRate = packetLostRate
    }

    /// The fields in the contract's order; what is not known is left out.
    package var json: JSONObject {
        var object: JSONObject = ["kbps": .rounded(kbps, 1)]
        if let rttMs { object["rttMs"] = .rounded(rttMs, 1) }
        object["packetLostRate"] = .rounded(packetLostRate, 4)
        return object
    }
}
