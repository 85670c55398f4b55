import RTP

/// What came of a ``SimulatedCall``. Shares, delays and rates are those behind its settling time.
package struct SimulatedCallOutcome: Sendable {
    /// A packet that arrived.
    package struct Packet: Sendable, Equatable {
        /// ms since the first sample was spoken.
        package var arrival: Double
        /// From 0.
        package var index: Int
        /// Of its first sample.
        package var timestamp: Int
        /// Whether copies go along (RFC 2198).
        package var isRED: Bool
        package var payload: [UInt8]
    }

    /// In the order of their arrival, when the call was to keep them.
    package var packets: [Packet] = []
    /// What the listener heard, from the moment on at which the first sample was spoken; 48 kHz, mono.
    package var output: [Float] = []
    /// The level of each packet.
    package var levels: [RedundancyLevel] = []
    /// The jitter buffer's target and delay at the end of each frame's time, ms.
    package var targets: [Float] = []
    package var delays: [Float] = []
    /// Of all packets, copies and their headers (RFC 2198) included.
    package var payloadBytes = 0
    /// Payload bits per second, likewise.
    package var bitsPerSecond = 0.0
    /// Of the sound that was played, 0…1: made up because nothing was there.
    package var concealedShare = 0.0
    /// Of the packets, 0…1; of the whole call.
    package var lossShare = 0.0
    /// Between the fastest packet's arrival and its sound, mean, ms.
    package var bufferDelay = 0.0
    /// Of the jitter buffer, mean and at the end, ms.
    package var meanTarget = 0.0
    package var finalTarget = 0.0
    /// Sound taken away and added, ms in each second.
    package var stretchedPerSecond = 0.0
    /// A frame and the codec's look-ahead, ms.
    package var encodingDelay = 0.0

    /// From the microphone's sample to the loudspeaker's, without the sound cards, mean, ms.
    package var mouthToEar: Double { encodingDelay + DelayTrace.fastest + bufferDelay }
}
