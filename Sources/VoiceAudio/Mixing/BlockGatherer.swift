/// Gathers blocks that may be shorter than 10 ms into blocks of 10 ms, for whoever takes sound in these only: files, the
/// echo canceller, the meters of level.
struct BlockGatherer: ~Copyable {
    private let samples: UnsafeMutablePointer<Float>
    private var filled = 0

    /// Takes the memory, for two channels.
    init() {
        samples = .allocate(capacity: 2 * AudioLimits.blockSamples)
        samples.initialize(repeating: 0, count: 2 * AudioLimits.blockSamples)
    }

    deinit {
        samples.deallocate()
    }

    /// Takes `frames` interleaved frames, a divisor of ``AudioLimits/blockSamples``.
    /// - Returns: a whole block when one is full, valid until the next call.
    @_noAllocation @_noLocks
    mutating func add(_ block: UnsafePointer<Float>, frames: Int, channels: Int) -> UnsafePointer<Float>? {
        if filled == 0, frames == AudioLimits.blockSamples { return block }
        // What is left of a block of other lengths makes room.
        if filled + frames > AudioLimits.blockSamples { filled = 0 }
        copySamples(samples + filled * channels, block, frames * channels)
        filled += frames
        guard filled == AudioLimits.blockSamples else { return nil }
        filled = 0
        return UnsafePointer(samples)
    }

    /// Begins anew: what comes has another number of channels.
    @_noAllocation @_noLocks
    mutating func reset() {
        filled = 0
    }
}
