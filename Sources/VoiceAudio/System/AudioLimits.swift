/// The numbers that the parts of the audio engine share.
package enum AudioLimits {
    /// Publish channels: main, aux, third, fourth.
    package static var publisherChannels: Int { @_noAllocation @_noLocks get { 4 } }
    /// Streams that can be played at once.
    package static var playerSlots: Int { @_noAllocation @_noLocks get { 50 } }
    /// Recordings that can be made at once.
    package static var recordings: Int { @_noAllocation @_noLocks get { 4 } }
    /// Everything inside runs at 48 kHz.
    package static var sampleRate: Int { @_noAllocation @_noLocks get { 48_000 } }
    /// Samples per channel of the longest block, 10 ms: what is metered, processed and recorded in one go. Captured and
    /// mixed it may be in shorter ones, see ``AudioConfiguration/blockFrames`` and
    /// ``AudioConfiguration/captureFrames``.
    package static var blockSamples: Int { @_noAllocation @_noLocks get { 480 } }
    /// The length of a block.
    package static var blockNanoseconds: Int64 { @_noAllocation @_noLocks get { 10_000_000 } }
    /// Bytes of an encoded frame at most, and of one with its copies: what fits one datagram with its headers.
    package static var maximumPayload: Int { @_noAllocation @_noLocks get { 1200 } }
    /// Bytes of a received payload at most: others fill a datagram to 1500 bytes, and a frame of Opus may have 1275
    /// (RFC 6716 section 3.2.1).
    package static var maximumReceivedPayload: Int { @_noAllocation @_noLocks get { 1440 } }
    /// Milliseconds of the longest jitter buffer that a caller may ask for.
    package static var maximumBufferMilliseconds: Int { @_noAllocation @_noLocks get { 4000 } }
    /// 200 %: twice the amplitude.
    package static var maximumVolume: Int { @_noAllocation @_noLocks get { 200 } }
}
