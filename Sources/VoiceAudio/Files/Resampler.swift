import Glibc

/// Brings a whole recording to another rate: band-limited interpolation with a windowed sinc (J. O. Smith). For
/// loading files, not for streams.
package enum Resampler {
    /// Zero crossings on each side, and table entries between two of them.
    private static let crossings = 24
    private static let density = 256
    /// Of the lower of the two Nyquist frequencies: the transition band of the window.
    private static let bandwidth = 0.94

    /// Weights that are kept for all positions between two samples; where the rates have more of these, they are computed
    /// anew for each sample.
    private static let largestTable = 1 << 18

    /// Resamples interleaved samples.
    package static func resample(_ samples: [Float], channels: Int, from source: Int, to target: Int) -> [Float] {
        guard source != target, !samples.isEmpty else { return samples }
        let frames = samples.count / channels
        let outputFrames = Int((Double(frames) * Double(target) / Double(source)).rounded(.up))
        // A sample of the output lies at a whole number of `1 / phases` between two of the input.
        let divisor = greatestCommonDivisor(source, target)
        let (phases, step) = (target / divisor, source / divisor)
        // Going down, the filter is stretched so that nothing folds over the lower Nyquist frequency.
        let scale = min(1, Double(target) / Double(source)) * bandwidth
        let reach = Int((Double(crossings) / scale).rounded(.up))
        let taps = 2 * reach
        let kernel = kernel()
        let isTabled = phases * taps <= largestTable
        var rows = [Float](repeating: 0, count: (isTabled ? phases : 1) * taps)
        return rows.withUnsafeMutableBufferPointer { rows in
            for phase in 0..<(isTabled ? phases : 0) {
                fill(rows[(phase * taps)..<(phase + 1) * taps], kernel, Double(phase) / Double(phases), scale)
            }
            return [Float](unsafeUninitializedCapacity: outputFrames * channels) { output, count in
                samples.withUnsafeBufferPointer { input in
                    for frame in 0..<outputFrames {
                        let (whole, phase) = (frame * step).quotientAndRemainder(dividingBy: phases)
                        if !isTabled { fill(rows[...], kernel, Double(phase) / Double(phases), scale) }
                        let first = whole - reach + 1
                        let used = max(-first, 0)..<max(min(taps, frames - first), 0)
                        for channel in 0..<channels {
                            output[frame * channels + channel] = sum(
                                rows, at: isTabled ? phase * taps : 0, input, at: first * channels + channel,
                                stride: channels, used)
                        }
                    }
                }
                count = outputFrames * channels
            }
        }
    }

    /// The weights of the samples around a position, `fraction` behind the middle of them.
    private static func fill(
        _ row: Slice<UnsafeMutableBufferPointer<Float>>, _ kernel: [Double], _ fraction: Double, _ scale: Double
    ) {
        var row = row
        for tap in 0..<row.count {
            let distance = abs(Double(tap - row.count / 2 + 1) - fraction) * scale * Double(density)
            let entry = min(Int(distance), crossings * density)
            let part = min(distance - Double(entry), 1)
            row[row.startIndex + tap] = Float((kernel[entry] + (kernel[entry + 1] - kernel[entry]) * part) * scale)
        }
    }

    /// The weighted sum over the taps that are `used`.
    private static func sum(
        _ weights: UnsafeMutableBufferPointer<Float>, at row: Int, _ input: UnsafeBufferPointer<Float>, at start: Int,
        stride: Int, _ used: Range<Int>
    ) -> Float {
        // Four sums, so that no addition waits for the one before.
        var sums: (Float, Float, Float, Float) = (0, 0, 0, 0)
        var tap = used.lowerBound
        while tap + 3 < used.upperBound {
            sums.0 += weights[row + tap] * input[start + tap * stride]
            sums.1 += weights[row + tap + 1] * input[start + (tap + 1) * stride]
            sums.2 += weights[row + tap + 2] * input[start + (tap + 2) * stride]
            sums.3 += weights[row + tap + 3] * input[start + (tap + 3) * stride]
            tap += 4
        }
        while tap < used.upperBound {
            sums.0 += weights[row + tap] * input[start + tap * stride]
            tap += 1
        }
        return sums.0 + sums.1 + (sums.2 + sums.3)
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (larger, smaller) = (one, other)
        while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
        return larger
    }

    /// One side of the sinc under a Kaiser window (β = 9: 90 dB), with two entries to spare for interpolation.
    private static func kernel() -> [Double] {
        let length = crossings * density
        let beta = 9.0
        return (0...length + 1).map { entry in
            guard entry < length else { return 0 }
            let x = Double(entry) / Double(density)
            let sinc = entry == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x)
            let ratio = Double(entry) / Double(length)
            return sinc * bessel(beta * (1 - ratio * ratio).squareRoot()) / bessel(beta)
        }
    }

    /// The modified Bessel function of order zero, as its series.
    static func bessel(_ x: Double) -> Double {
        var sum = 1.0
        var term = 1.0
        var k = 1.0
        while term > sum * 1e-12 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
