/// The header of a block of 10 ms on its way from the audio thread to a recording; the payload holds the samples, 32-bit
/// floats.
struct RecordedBlock: BitwiseCopyable, Sendable {
    /// Heard from others, or said by this side.
    var isHeard: Bool
    /// Counts the blocks of its kind, also those that found the ring full: the file gets silence for them.
    var index: Int64

    @_noAllocation @_noLocks
    init(isHeard: Bool, index: Int64) {
        self.isHeard = isHeard
        self.index = index
    }
}
