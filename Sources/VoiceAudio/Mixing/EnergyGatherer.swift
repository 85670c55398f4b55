/// Makes the mean square of each 10 ms out of pieces of sound of any length up to that: the meters count in these.
struct EnergyGatherer: BitwiseCopyable {
    private var sum: Float = 0
    private var frames = 0

    @_noAllocation @_noLocks
    init() {}

    /// Takes the mean square of a piece and its length in frames; that of the last 10 ms when they are full.
    @_noAllocation @_noLocks
    mutating func add(_ energy: Float, frames count: Int) -> Float? {
        sum += energy * Float(count)
        frames += count
        guard frames >= AudioLimits.blockSamples else { return nil }
        let mean = sum / Float(frames)
        sum = 0
        frames = 0
        return mean
    }
}
