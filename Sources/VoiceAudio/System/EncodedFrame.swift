import Transport

/// One encoded Opus frame on its way from the audio thread to the media thread: the header of a slot of
/// ``AudioSystem/encodedFrames``; the first ``payloadLength`` bytes of the slot's payload are the Opus packet.
package struct EncodedFrame: BitwiseCopyable, Sendable {
    /// The publish channel, 0…3.
    package var channel: UInt8
    /// The first frame since the publisher was started, or behind a pause in which nothing was sent: the RTP marker bit (RFC 7587 section 4.2).
    package var isFirst: Bool
    /// A voice is in it (RFC 6464's V bit).
    package var voiceActivity: Bool
    /// Its level in −dBov, 0 (loudest) … 127 (silence), RFC 6464 section 3.
    package var audioLevel: UInt8
    /// Bytes of the Opus packet.
    package var payloadLength: UInt16
    /// Samples per channel in it: 240, 480, 960, 1920 or 2880.
    package var sampleCount: UInt16
    /// RTP time of its first sample in 48 kHz units (RFC 7587 section 4.1): starts at 0 with the first start of the
    /// channel and goes on without a jump while the publisher runs; across a stop and a start it advances by the time
    /// that passed. The random offset of RFC 3550 section 5.1 is added by who sends it.
    package var timestamp: UInt32
    /// When what a decoder makes of its first sample was at the microphone: before the processing of captured sound and
    /// the encoder's look-ahead.
    package var captureTime: MonotonicTime

    @_noAllocation @_noLocks
    package init(
        channel: UInt8, isFirst: Bool, voiceActivity: Bool, audioLevel: UInt8, payloadLength: UInt16,
        sampleCount: UInt16,
        timestamp: UInt32, captureTime: MonotonicTime
    ) {
        self.channel = channel
        self.isFirst = isFirst
        self.voiceActivity = voiceActivity
        self.audioLevel = audioLevel
        self.payloadLength = payloadLength
        self.sampleCount = sampleCount
        self.timestamp = timestamp
        self.captureTime = captureTime
    }
}
