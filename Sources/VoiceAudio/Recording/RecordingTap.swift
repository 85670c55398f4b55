import MediaIO

/// The audio thread's end of a ``Recording``: puts blocks into its ring, never waits for the disk.
struct RecordingTap: BitwiseCopyable {
    private let ring: SPSCRing.Producer
    /// Whether it takes what this side says, and what it hears.
    let takesSpeech: Bool
    private let takesHeard: Bool
    private let channels: Int
    private var nextSaid: Int64 = 0
    private var nextHeard: Int64 = 0

    init(ring: SPSCRing.Producer, source: RecordingSource, channels: Int) {
        self.ring = ring
        takesSpeech = source != .playback
        takesHeard = source != .capture
        self.channels = channels
    }

    /// Takes a block of what is said or heard, if the recording is of that. A full ring costs the block.
    @_noAllocation @_noLocks
    mutating func write(_ block: UnsafePointer<Float>, channels blockChannels: Int, isHeard: Bool) {
        guard isHeard ? takesHeard : takesSpeech else { return }
        let index = isHeard ? nextHeard : nextSaid
        if isHeard { nextHeard += 1 } else { nextSaid += 1 }
        guard let slot = ring.reserve(), let target = slot.payload.baseAddress else { return }
        slot.recordedBlock.pointee = RecordedBlock(isHeard: isHeard, index: index)
        ChannelMapping.map(
            block, channels: blockChannels, to: target.assumingMemoryBound(to: Float.self), channels: channels)
        ring.commit()
    }
}
