/// Finds out by how much the far end's clock runs faster than the card here, from the delay that creeps up or down.
///
/// Two crystals differ by up to a few hundred millionths (ppm): at 200 ppm, 12 ms in a minute. Left to time-stretching
/// that would be a pitch period cut out of somebody's vowel every minute, and of music for ever. So it is taken out
/// where it arises: ``PlayoutResampler`` reads the decoded sound a few ppm faster or slower than it plays it.
///
/// A proportional-integral controller on the excess of the delay over its target, critically damped. Its natural
/// frequency is 0.1 rad/s in the first half minute, in which it learns four fifths before much of the delay is gone, and
/// falls to 0.015 within three more: crystals do not change, and what is slow takes nothing of the path's jitter for
/// drift. The integral is the drift proper; it learns only while the delay is near the target, because what is farther
/// away is the jitter's doing, and time-stretching's job. Both parts together stay within ±1500 ppm, a fortieth of a
/// semitone.
package struct DriftCorrector: BitwiseCopyable {
    /// Natural frequency, rad/s.
    private static var quick: Double { 0.1 }
    private static var steady: Double { 0.015 }
    /// Seconds until it falls; from there on it is in proportion to 1 / time.
    private static var learning: Double { 30 }
    /// Farther from the target than this nothing is learned, s.
    private static var band: Double { 0.009 }
    private static var largestError: Double { 0.008 }
    private static var largestDrift: Double { 0.001 }
    private static var largestCorrection: Double { 0.0015 }
    /// Smaller errors than this, with nothing learned yet, are left alone: sound from a clock like ours passes untouched.
    private static var negligibleError: Double { 0.001 }
    private static var negligibleDrift: Double { 0.000_003 }

    /// By how much the far clock is faster, as far as is known: 0.0001 is 100 ppm.
    package private(set) var drift = 0.0
    /// By how much faster than it plays the sound is to be read.
    package private(set) var correction = 0.0
    private var seconds = 0.0

    @_noAllocation @_noLocks
    package init() {}

    /// Takes the excess of a packet's delay over its target, in samples, and the packet's length in samples.
    @_noAllocation @_noLocks
    package mutating func update(excess: Int, frames: Int) {
        let error = Double(excess) / 48_000
        seconds += Double(frames) / 48_000
        let fall = DriftCorrector.learning / max(seconds, DriftCorrector.learning)
        let frequency = max(DriftCorrector.quick * fall, DriftCorrector.steady)
        if abs(error) < DriftCorrector.band {
            drift += frequency * frequency * error * Double(frames) / 48_000
            drift = min(max(drift, -DriftCorrector.largestDrift), DriftCorrector.largestDrift)
        }
        let near = min(max(error, -DriftCorrector.largestError), DriftCorrector.largestError)
        let sum = drift + 2 * frequency * near
        let isNegligible =
            abs(error) < DriftCorrector.negligibleError && abs(drift) < DriftCorrector.negligibleDrift
        correction =
            isNegligible ? 0 : min(max(sum, -DriftCorrector.largestCorrection), DriftCorrector.largestCorrection)
    }

    /// Another sender, another clock.
    @_noAllocation @_noLocks
    package mutating func reset() {
        self = DriftCorrector()
    }
}
