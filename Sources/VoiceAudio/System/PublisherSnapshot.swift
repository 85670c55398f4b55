/// How a publisher's audio fares.
package struct PublisherSnapshot: Sendable {
    package var isRunning: Bool
    /// After mute, 0–100.
    package var soundLevel: Double
    package var voiceActivity: Bool
    package var framesEncoded: Int
    package var bytesEncoded: Int
    /// Frame and encoder look-ahead, ms: 26.5 for 20 ms frames; with a microphone whose sound is processed also what that
    /// takes.
    package var encodeDelay: Double
}
