/// A sine of −12 dBFS without a seam: the phase goes on from block to block.
struct ToneGenerator: BitwiseCopyable {
    private static var amplitude: Double { 0.25 }

    private let step: Double
    private var phase = 0.0

    init(hertz: Double) {
        step = 2 * Double.pi * hertz / Double(AudioLimits.sampleRate)
    }

    @_noAllocation @_noLocks
    mutating func fill(_ samples: UnsafeMutablePointer<Float>, frames: Int, channels: Int) {
        for frame in 0..<frames {
            let sample = Float(realtimeSine(phase) * ToneGenerator.amplitude)
            for channel in 0..<channels { samples[frame * channels + channel] = sample }
            phase += step
            if phase >= 2 * Double.pi { phase -= 2 * Double.pi }
        }
    }
}
