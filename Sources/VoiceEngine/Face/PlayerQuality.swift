import JSONRPC

/// How a played stream arrives and sounds: figures over the last three seconds.
package struct PlayerQuality: Sendable, Equatable {
    /// RTP payload bits per millisecond (kb/s), headers not counted.
    package var kbps: Double
    /// The round trip to the room server; nil until it is known.
    package var rttMs: Double?
    /// Lost on the way from the room server before repair, 0–1.
    package var packetLostRate: Double
    /// The share of the sound that had to be made up, 0–1: loss after repair, and packets that came too late.
    package var concealedRate: Double
    /// The mean time that sound waits in the jitter buffer.
    package var jitterBufferMs: Double
    /// From the far microphone to the near speaker; nil while the sender's clock is not known.
    package var endToEndMs: Double?
    /// ITU-T G.107's mean opinion score of a listener, 1–4.5; nil before anything was received.
    package var mos: Double?

    package init(
        kbps: Double, rttMs: Double?, packetLostRate: Double, concealedRate: Double, jitterBufferMs: Double,
        endToEndMs: Double?, mos: Double?
    ) {
        self.kbps = kbps
        self.rttMs = rttMs
        self.packetLostRate = packetLostRate
        self.concealedRate = concealedRate
        self.jitterBufferMs = jitterBufferMs
        self.endToEndMs = endToEndMs
        self.mos = mos
    }

    /// The fields in the contract's order; what is not known is left out.
    package var json: JSONObject {
        var object: JSONObject = ["kbps": .rounded(kbps, 1)]
        if let rttMs { object["rttMs"] = .rounded(rttMs, 1) }
        object["packetLostRate"] = .rounded(packetLostRate, 4)
        object["concealedRate"] = .rounded(concealedRate, 4)
        object["jitterBufferMs"] = .rounded(jitterBufferMs, 1)
        if let endToEndMs { object["endToEndMs"] = .rounded(endToEndMs, 1) }
        if let mos { object["mos"] = .rounded(mos, 2) }
        return object
    }
}
