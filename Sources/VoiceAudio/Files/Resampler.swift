import Glibc

/// Brings a whole recording to another rate: band-limited interpolation with a windowed sinc (J. O. Smith). For
/// loading files, not for streams.
package enum Resampler {
    /// Zero crossings on each side, and table entries between two of them.
    private static let crossings = 24
    private static let density = 256
    /// Of the lower of the two Nyquist frequencies: the transition band of the window.
    private static let bandwidth = 0.94

    /// Resamples interleaved samples.
    package static func resample(_ samples: [Float], channels: Int, from source: Int, to target: Int) -> [Float] {
        guard source != target, !samples.isEmpty else { return samples }
        let table = kernel()
        let frames = samples.count / channels
        let outputFrames = Int((Double(frames) * Double(target) / Double(source)).rounded(.up))
        // Going down, the filter is stretched so that nothing folds over the lower Nyquist frequency.
        let scale = min(1, Double(target) / Double(source)) * bandwidth
        let reach = Double(crossings) / scale
        return [Float](unsafeUninitializedCapacity: outputFrames * channels) { output, count in
            samples.withUnsafeBufferPointer { input in
                table.withUnsafeBufferPointer { table in
                    for frame in 0..<outputFrames {
                        let position = Double(frame) * Double(source) / Double(target)
                        let first = max(Int((position - reach).rounded(.up)), 0)
                        let last = min(Int(position + reach), frames - 1)
                        for channel in 0..<channels {
                            var sum = 0.0
                            var index = first
                            while index <= last {
                                let distance = abs(Double(index) - position) * scale * Double(density)
                                let entry = Int(distance)
                                let part = distance - Double(entry)
                                let weight = table[entry] + (table[entry + 1] - table[entry]) * part
                                sum += weight * Double(input[index * channels + channel])
                                index += 1
                            }
                            output[frame * channels + channel] = Float(sum * scale)
                        }
                    }
                }
            }
            count = outputFrames * channels
        }
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
