import Glibc

/// Reads decoded sound a few millionths faster or slower than it plays it: band-limited interpolation with 32 taps
/// around each output sample, from a table of 128 positions between which it goes in straight lines (errors 80 dB down,
/// flat to 20 kHz).
///
/// It looks 16 samples ahead, 0.33 ms. While the correction is 0 and the position whole, samples pass untouched, by the
/// same way and with the same delay, so that there is no seam when it sets in.
struct PlayoutResampler: ~Copyable {
    private static var taps: Int { 32 }
    private static var positions: Int { 128 }
    /// Frames before the one that is played.
    private static var past: Int { 15 }
    /// Frames of a block, what the largest correction adds, and the taps.
    private static var room: Int { AudioLimits.blockSamples + 8 + taps }

    private var channels: Int
    private let kernel: UnsafeMutablePointer<Float>
    /// The frames around the position, interleaved.
    private let window: UnsafeMutablePointer<Float>
    private var held = PlayoutResampler.past
    private var fraction = 0.0

    /// - Parameter most: channels that it may have later on; see ``becomeStereo()``.
    init(channels: Int, most: Int = 1) {
        self.channels = channels
        let size = PlayoutResampler.room * max(channels, most)
        window = .allocate(capacity: size)
        window.initialize(repeating: 0, count: size)
        kernel = .allocate(capacity: (PlayoutResampler.positions + 1) * PlayoutResampler.taps)
        for position in 0...PlayoutResampler.positions {
            for tap in 0..<PlayoutResampler.taps {
                let distance =
                    Double(tap - PlayoutResampler.past) - Double(position) / Double(PlayoutResampler.positions)
                (kernel + position * PlayoutResampler.taps + tap).initialize(
                    to: Float(PlayoutResampler.weight(at: distance)))
            }
        }
    }

    deinit {
        kernel.deallocate()
        window.deallocate()
    }

    /// A sinc under a Kaiser window (β = 8, 80 dB).
    private static func weight(at distance: Double) -> Double {
        let ratio = distance / (Double(taps) / 2)
        guard abs(ratio) < 1 else { return 0 }
        let beta = 8.0
        let sinc = distance == 0 ? 1 : sin(Double.pi * distance) / (Double.pi * distance)
        return sinc * Resampler.bessel(beta * (1 - ratio * ratio).squareRoot()) / Resampler.bessel(beta)
    }

    /// From one channel to two: what it holds goes to both.
    @_noAllocation @_noLocks
    mutating func becomeStereo() {
        ChannelMapping.spread(window, frames: held)
        channels = 2
    }

    /// Frames that were taken out of the queue and not played yet.
    var pending: Int {
        @_noAllocation @_noLocks get { held - PlayoutResampler.past }
    }

    /// Frames that the next block, of `frames`, takes out of the queue.
    @_noAllocation @_noLocks
    func demand(frames: Int, correction: Double) -> Int {
        let last = Int(fraction + Double(frames - 1) * (1 + correction))
        return last + PlayoutResampler.taps - held
    }

    /// Makes a block of `frames`, ``AudioLimits/blockSamples`` at most, out of ``demand(frames:correction:)`` frames of
    /// the queue.
    @_noAllocation @_noLocks
    mutating func render(
        from queue: inout SampleQueue, correction: Double, into block: UnsafeMutablePointer<Float>, frames: Int
    ) {
        let wanted = demand(frames: frames, correction: correction)
        queue.take(wanted, into: window + held * channels)
        let total = held + wanted
        let end = fraction + Double(frames) * (1 + correction)
        if correction == 0, fraction == 0 {
            copySamples(block, window + PlayoutResampler.past * channels, frames * channels)
        } else {
            interpolate(step: 1 + correction, into: block, frames: frames)
        }
        let passed = Int(end)
        fraction = end - Double(passed)
        held = total - passed
        moveSamples(window, window + passed * channels, held * channels)
    }

    @_noAllocation @_noLocks
    private func interpolate(step: Double, into block: UnsafeMutablePointer<Float>, frames: Int) {
        for frame in 0..<frames {
            let position = fraction + Double(frame) * step
            let whole = Int(position)
            let scaled = Float(position - Double(whole)) * Float(PlayoutResampler.positions)
            let entry = min(Int(scaled), PlayoutResampler.positions - 1)
            let part = scaled - Float(entry)
            let lower = kernel + entry * PlayoutResampler.taps
            let upper = lower + PlayoutResampler.taps
            for channel in 0..<channels {
                let input = window + whole * channels + channel
                // Four sums, so that no addition waits for the one before.
                var sums: (Float, Float, Float, Float) = (0, 0, 0, 0)
                var tap = 0
                while tap < PlayoutResampler.taps {
                    sums.0 += (lower[tap] + (upper[tap] - lower[tap]) * part) * input[tap * channels]
                    sums.1 += (lower[tap + 1] + (upper[tap + 1] - lower[tap + 1]) * part) * input[(tap + 1) * channels]
                    sums.2 += (lower[tap + 2] + (upper[tap + 2] - lower[tap + 2]) * part) * input[(tap + 2) * channels]
                    sums.3 += (lower[tap + 3] + (upper[tap + 3] - lower[tap + 3]) * part) * input[(tap + 3) * channels]
                    tap += 4
                }
                block[frame * channels + channel] = sums.0 + sums.1 + (sums.2 + sums.3)
            }
        }
    }
}
