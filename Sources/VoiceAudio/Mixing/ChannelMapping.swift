/// Brings a block from one number of channels (1 or 2) to another: mono goes to both sides, two sides become
/// their mean.
enum ChannelMapping {
    /// Makes two channels of one in place, where there is room for them.
    @_noAllocation @_noLocks
    static func spread(_ samples: UnsafeMutablePointer<Float>, frames: Int) {
        var frame = frames - 1
        while frame >= 0 {
            let sample = samples[frame]
            samples[2 * frame] = sample
            samples[2 * frame + 1] = sample
            frame -= 1
        }
    }

    /// Adds a block to another, brought to its number of channels.
    @_noAllocation @_noLocks
    static func add(
        _ source: UnsafePointer<Float>, channels sourceChannels: Int, to target: UnsafeMutablePointer<Float>,
        channels targetChannels: Int, frames: Int
    ) {
        if sourceChannels == targetChannels {
            for index in 0..<frames * targetChannels { target[index] += source[index] }
        } else if targetChannels == 2 {
            for frame in 0..<frames {
                target[2 * frame] += source[frame]
                target[2 * frame + 1] += source[frame]
            }
        } else {
            for frame in 0..<frames { target[frame] += 0.5 * (source[2 * frame] + source[2 * frame + 1]) }
        }
    }

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
