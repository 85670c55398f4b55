/// A gain that reaches a new value over one block, so that no change clicks.
package struct GainRamp: BitwiseCopyable {
    /// What the last sample was multiplied by.
    package private(set) var current: Float

    @_noAllocation @_noLocks
    package init(_ gain: Float) {
        current = gain
    }

    /// Multiplies `frames` interleaved frames, going from the present gain to `target` in a straight line.
    @_noAllocation @_noLocks
    package mutating func apply(_ target: Float, to samples: UnsafeMutablePointer<Float>, frames: Int, channels: Int) {
        if current == target {
            if target == 1 { return }
            for index in 0..<frames * channels { samples[index] *= target }
            return
        }
        let step = (target - current) / Float(frames)
        for frame in 0..<frames {
            let gain = target - step * Float(frames - 1 - frame)
            for channel in 0..<channels { samples[frame * channels + channel] *= gain }
        }
        current = target
    }
}
