/// Takes a piece out of a decoded frame so that the delay shrinks: cuts it at two places where the signal looks alike
/// and cross-fades from one to the other over 5 ms.
///
/// This is the seam where time-stretching belongs: it is told the excess and answers what it took away.
package enum DelayTrimmer {
    /// Frames of the cross-fade.
    package static var fade: Int { @_noAllocation @_noLocks get { 240 } }
    /// Steps in which the cut is looked for; at 48 kHz an eighth of a millisecond apart still finds a pitch period.
    private static var lagStep: Int { 6 }
    private static var correlationStep: Int { 3 }

    /// Removes at most `excess` of the `frames` that start at `samples`; how many it removed.
    /// - Parameter isQuiet: the place of the cut does not matter.
    @_noAllocation @_noLocks
    package static func trim(
        _ samples: UnsafeMutablePointer<Float>, frames: Int, channels: Int, excess: Int, isQuiet: Bool
    ) -> Int {
        let longest = min(excess, frames - fade)
        guard longest >= 120 else { return 0 }
        let lag = isQuiet ? longest : bestLag(samples, channels: channels, longest: longest)
        guard lag > 0 else { return 0 }
        for frame in 0..<fade {
            let weight = (Float(frame) + 0.5) / Float(fade)
            for channel in 0..<channels {
                let index = frame * channels + channel
                samples[index] += (samples[index + lag * channels] - samples[index]) * weight
            }
        }
        let rest = frames - fade - lag
        moveSamples(samples + fade * channels, samples + (fade + lag) * channels, rest * channels)
        return lag
    }

    /// The lag whose piece of 5 ms resembles the beginning most (normalised correlation of the first channel).
    @_noAllocation @_noLocks
    private static func bestLag(_ samples: UnsafeMutablePointer<Float>, channels: Int, longest: Int) -> Int {
        var best = 0
        var bestScore: Float = -1
        var lag = 120
        while lag <= longest {
            var product: Float = 0
            var energy: Float = 1e-9
            var frame = 0
            while frame < fade {
                let other = samples[(frame + lag) * channels]
                product += samples[frame * channels] * other
                energy += other * other
                frame += correlationStep
            }
            let score = product / realtimeSquareRoot(energy)
            if score > bestScore {
                bestScore = score
                best = lag
            }
            lag += lagStep
        }
        return best
    }
}
