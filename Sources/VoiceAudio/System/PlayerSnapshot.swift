/// How a player's audio fares. Counters grow since the player was started.
package struct PlayerSnapshot: Sendable {
    package var isRunning: Bool
    /// 0–100, after volume and mute.
    package var soundLevel: Double
    package var voiceActivity: Bool
    /// What a packet on the fastest path waits at present until it is mixed, ms.
    package var bufferDelay: Double
    /// The part of ``bufferDelay`` that it waits decoded, for its turn in the mix, ms.
    package var decodeDelay: Double
    /// What the jitter buffer aims at, ms.
    package var targetDelay: Double
    /// By how much the far clock is faster than the card here, in millionths, as far as is known.
    package var driftPartsPerMillion: Double
    package var packetsReceived: Int
    /// Never arrived, or too late.
    package var packetsLost: Int
    package var packetsLate: Int
    package var packetsDuplicated: Int
    /// Lost ones whose content came back from redundancy.
    package var packetsRecovered: Int
    /// Not Opus, or not decodable.
    package var packetsMalformed: Int
    /// Samples put out since the first packet, and those among them that were made up.
    package var samplesPlayed: Int
    package var samplesConcealed: Int
    /// Concealed share of what was played, 0…1.
    package var concealedShare: Double { samplesPlayed == 0 ? 0 : Double(samplesConcealed) / Double(samplesPlayed) }
}
