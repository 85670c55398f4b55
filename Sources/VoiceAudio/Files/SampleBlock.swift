/// The header of a block of 10 ms on its way from the audio thread to a file; the payload holds the samples, 16 bit.
struct SampleBlock: BitwiseCopyable, Sendable {
    /// Counts blocks, also those that found the ring full: the file gets silence for them.
    var index: Int64

    @_noAllocation @_noLocks
    init(index: Int64) {
        self.index = index
    }
}
