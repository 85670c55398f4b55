/// Keeps a mix under full scale without clipping: a peak limiter that looks 0.5 ms ahead.
///
/// The signal is delayed by one sub-frame of 24 samples (0.5 ms). For each sub-frame the gain that its peak allows is
/// known before its first sample leaves: `allowed = ceiling / peak`, or 1. What leaves is multiplied by a straight
/// line from `min(allowed before, allowed now)` to `min(allowed now, allowed next)`; both ends, hence all of the line,
/// are at most `allowed now`, so no sample passes the ceiling, and the gain is already down when a peak comes. Going
/// up again takes its time (1 dB in 20 ms, libwebrtc's figure), so that the gain does not follow the waveform.
package struct Limiter: ~Copyable {
    /// −0.3 dBFS: leaves room for what a converter's filter adds between samples.
    package static var ceiling: Float { @_noAllocation @_noLocks get { 0.966 } }
    private static var subframe: Int { 24 }
    /// By which what comes out is later, µs.
    package static var delayMicroseconds: Int { @_noAllocation @_noLocks get { 500 } }
    private static var mostChannels: Int { 2 }
    /// Per sub-frame, 40 of which make 20 ms and 1 dB.
    private static var release: Float { 1 / 0.997_125_9 }

    private var channels: Int
    /// The sub-frame that waits, interleaved.
    private let delayed: UnsafeMutablePointer<Float>
    /// What the waiting sub-frame allows, smoothed upwards.
    private var allowed: Float = 1
    /// The gain at the end of what left last: `min(allowed before, allowed)`.
    package private(set) var gain: Float = 1

    package init(channels: Int) {
        self.channels = channels
        delayed = .allocate(capacity: Limiter.subframe * Limiter.mostChannels)
        delayed.initialize(repeating: 0, count: Limiter.subframe * Limiter.mostChannels)
    }

    deinit {
        delayed.deallocate()
    }

    /// Goes on with another number of channels, 1 or 2.
    @_noAllocation @_noLocks
    package mutating func change(channels count: Int) {
        if count == 2, channels == 1 {
            ChannelMapping.spread(delayed, frames: Limiter.subframe)
        } else if count == 1, channels == 2 {
            for frame in 0..<Limiter.subframe {
                delayed[frame] = 0.5 * (delayed[2 * frame] + delayed[2 * frame + 1])
            }
        }
        channels = count
    }

    /// Limits `frames` (a multiple of 24) interleaved frames in place; they come out 24 frames later.
    @_noAllocation @_noLocks
    package mutating func process(_ samples: UnsafeMutablePointer<Float>, frames: Int) {
        let count = Limiter.subframe * channels
        var position = samples
        for _ in 0..<frames / Limiter.subframe {
            var peak: Float = 0
            for index in 0..<count {
                // A sample that is not a number would poison the gain for ever.
                if !position[index].isFinite { position[index] = 0 }
                peak = max(peak, abs(position[index]))
            }
            let next = min(peak > Limiter.ceiling ? Limiter.ceiling / peak : 1, allowed * Limiter.release)
            emit(position, until: min(allowed, next))
            allowed = next
            position += count
        }
    }

    /// Swaps the waiting sub-frame with the one at `position` and applies the line from `gain` to `end` to what
    /// leaves.
    @_noAllocation @_noLocks
    private mutating func emit(_ position: UnsafeMutablePointer<Float>, until end: Float) {
        let step = (end - gain) / Float(Limiter.subframe)
        for frame in 0..<Limiter.subframe {
            let factor = gain + step * Float(frame + 1)
            for channel in 0..<channels {
                let index = frame * channels + channel
                let leaving = delayed[index]
                delayed[index] = position[index]
                position[index] = leaving * factor
            }
        }
        gain = end
    }
}
