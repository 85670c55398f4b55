/// Brings a block from one number of channels (1 or 2) to another: mono goes to both sides, two sides become
/// their mean.
enum ChannelMapping {
    @_noAllocation @_noLocks
    static func map(
        _ source: UnsafePointer<Float>, channels sourceChannels: Int, to target: UnsafeMutablePointer<Float>,
        channels targetChannels: Int, frames: Int = AudioLimits.blockSamples
    ) {
        if sourceChannels == targetChannels {
            copySamples(target, source, frames * targetChannels)
        } else if targetChannels == 2 {
            for frame in 0..<frames {
                target[2 * frame] = source[frame]
                target[2 * frame + 1] = source[frame]
            }
        } else {
            for frame in 0..<frames {
                target[frame] = 0.5 * (source[2 * frame] + source[2 * frame + 1])
            }
        }
    }
}
