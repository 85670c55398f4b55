/// Makes decoded sound shorter or longer without changing its pitch (WSOLA): jumps forward or back by one pitch period,
/// at a place where the signal before and after the jump look alike, and cross-fades from one to the other.
///
/// The period is looked for between 2.5 and 15 ms (400 to 67 Hz): first in a version of the signal at 4 kHz, then to
/// the sample around the best find. Likeness is the normalised correlation of what the cross-fade puts together: 1 for
/// a steady vowel, around 0 for noise. The weights of the cross-fade keep the power as it is for that likeness: two
/// equal signals add up in amplitude, two unlike ones only in power, and straight lines would leave a dent of 3 dB.
package struct TimeStretcher: ~Copyable {
    /// Frames, 2.5 ms: shorter jumps are not worth a seam.
    package static var shortestLag: Int { @_noAllocation @_noLocks get { 120 } }
    /// Frames, 15 ms: what is added at most.
    package static var longestLag: Int { @_noAllocation @_noLocks get { 720 } }
    private static var longestFade: Int { 480 }
    /// Frames that are looked at, from the beginning: 50 ms.
    private static var reach: Int { 2400 }
    /// From 48 to 4 kHz.
    private static var coarse: Int { 12 }
    /// Of the comparison at 4 kHz: 12.5 ms, or what there is, but 5 ms.
    private static var window: Int { 50 }
    private static var shortestWindow: Int { 20 }

    private let mono: UnsafeMutablePointer<Float>
    private let low: UnsafeMutablePointer<Float>

    package init() {
        mono = .allocate(capacity: TimeStretcher.reach)
        mono.initialize(repeating: 0, count: TimeStretcher.reach)
        low = .allocate(capacity: TimeStretcher.reach / TimeStretcher.coarse)
        low.initialize(repeating: 0, count: TimeStretcher.reach / TimeStretcher.coarse)
    }

    deinit {
        mono.deallocate()
        low.deallocate()
    }

    /// Changes the length of the `frames` interleaved frames that start at `samples`, near their beginning; behind them
    /// there is room for ``longestLag`` more.
    /// - Returns: frames added; negative: taken away; 0 when there was no place good enough.
    @_noAllocation @_noLocks
    package mutating func apply(
        _ order: StretchPolicy.Order, to samples: UnsafeMutablePointer<Float>, frames: Int, channels: Int
    ) -> Int {
        let count = min(frames, TimeStretcher.reach)
        let wanted = abs(order.samples)
        let isShorter = order.samples > 0
        // What is taken away is never more than was asked for; what is added may be a little more.
        let bound = min(TimeStretcher.longestLag, count - TimeStretcher.shortestLag)
        let longest = min(bound, isShorter ? wanted : max(wanted, TimeStretcher.shortestLag * 4))
        guard wanted > 0, longest >= TimeStretcher.shortestLag else { return 0 }
        var lag: Int
        var likeness: Float = 0
        if order.likeness < 0 {
            // In a pause: all of it that there is room for.
            lag = isShorter ? min(wanted, count - TimeStretcher.longestFade / 2) : min(min(wanted, longest), count / 2)
            lag = max(lag, TimeStretcher.shortestLag)
        } else {
            downsample(samples, frames: count, channels: channels)
            lag = bestLag(count: count, longest: longest)
            likeness = self.likeness(lag: lag, count: count)
            if !isShorter, likeness < order.likeness {
                // A deep voice.
                lag = bestLag(count: count, longest: bound)
                likeness = self.likeness(lag: lag, count: count)
            }
            guard likeness >= order.likeness else { return 0 }
            if isShorter, order.allowsSeveral { multiply(&lag, &likeness, order, count: count) }
        }
        let fade = min(min(lag, TimeStretcher.longestFade), count - lag)
        guard fade > 0 else { return 0 }
        if isShorter {
            blend(samples, with: samples + lag * channels, fade, channels, likeness)
            moveSamples(
                samples + fade * channels, samples + (fade + lag) * channels, (frames - fade - lag) * channels)
            return -lag
        }
        moveSamples(samples + (lag + fade) * channels, samples + fade * channels, (frames - fade) * channels)
        blend(samples + lag * channels, with: samples, fade, channels, likeness)
        return lag
    }

    /// Takes as many periods as the order and the sound allow.
    @_noAllocation @_noLocks
    private func multiply(_ lag: inout Int, _ likeness: inout Float, _ order: StretchPolicy.Order, count: Int) {
        let period = lag
        var times = min(order.samples / period, (count - TimeStretcher.longestFade / 2) / period)
        while times > 1 {
            let found = self.likeness(lag: period * times, count: count)
            if found >= order.likeness {
                lag = period * times
                likeness = found
                return
            }
            times -= 1
        }
    }

    /// Fades from `samples` to `others` in place.
    @_noAllocation @_noLocks
    private func blend(
        _ samples: UnsafeMutablePointer<Float>, with others: UnsafePointer<Float>, _ frames: Int, _ channels: Int,
        _ likeness: Float
    ) {
        let shared = 2 * max(likeness, 0)
        for frame in 0..<frames {
            let new = (Float(frame) + 0.5) / Float(frames)
            let old = 1 - new
            let gain = 1 / realtimeSquareRoot(old * old + new * new + shared * old * new)
            for channel in 0..<channels {
                let index = frame * channels + channel
                samples[index] = (samples[index] * old + others[index] * new) * gain
            }
        }
    }

    // MARK: The search

    /// Fills ``mono`` and ``low``.
    @_noAllocation @_noLocks
    private func downsample(_ samples: UnsafePointer<Float>, frames: Int, channels: Int) {
        for frame in 0..<frames {
            mono[frame] = channels == 2 ? samples[2 * frame] + samples[2 * frame + 1] : samples[frame]
        }
        for index in 0..<frames / TimeStretcher.coarse {
            var sum: Float = 0
            for offset in 0..<TimeStretcher.coarse { sum += mono[index * TimeStretcher.coarse + offset] }
            low[index] = sum
        }
    }

    /// The lag up to `longest` whose signal resembles the beginning most.
    @_noAllocation @_noLocks
    private func bestLag(count: Int, longest: Int) -> Int {
        let lowCount = count / TimeStretcher.coarse
        var best = TimeStretcher.shortestLag / TimeStretcher.coarse
        var bestScore: Float = -2
        var lag = best
        while lag <= longest / TimeStretcher.coarse {
            let length = min(TimeStretcher.window, lowCount - lag)
            if length < TimeStretcher.shortestWindow, bestScore > -2 { break }
            let score = TimeStretcher.correlation(low, low + lag, length, step: 1)
            if score > bestScore {
                bestScore = score
                best = lag
            }
            lag += 1
        }
        let centre = best * TimeStretcher.coarse
        var fine = max(centre - TimeStretcher.coarse, TimeStretcher.shortestLag)
        let last = min(centre + TimeStretcher.coarse, longest)
        var refined = min(max(centre, TimeStretcher.shortestLag), longest)
        bestScore = -2
        while fine <= last {
            let score = likeness(lag: fine, count: count)
            if score > bestScore {
                bestScore = score
                refined = fine
            }
            fine += 1
        }
        return refined
    }

    /// Of what a cross-fade over `lag` would put together.
    @_noAllocation @_noLocks
    private func likeness(lag: Int, count: Int) -> Float {
        let window = min(min(max(lag, 240), TimeStretcher.longestFade), count - lag)
        return TimeStretcher.correlation(mono, mono + lag, window, step: 2)
    }

    @_noAllocation @_noLocks
    private static func correlation(
        _ one: UnsafePointer<Float>, _ other: UnsafePointer<Float>, _ count: Int, step: Int
    ) -> Float {
        var product: Float = 0
        var energies: (Float, Float) = (1e-9, 1e-9)
        var index = 0
        while index < count {
            product += one[index] * other[index]
            energies.0 += one[index] * one[index]
            energies.1 += other[index] * other[index]
            index += step
        }
        return product / realtimeSquareRoot(energies.0 * energies.1)
    }
}
