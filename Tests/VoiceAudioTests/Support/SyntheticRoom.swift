import Glibc
import Transport

/// A loudspeaker, a room and a microphone: what is played comes back late, dull and reverberant.
struct SyntheticRoom {
    /// Until the sound of the loudspeaker reaches the microphone first.
    let delayMilliseconds: Int
    /// Direct sound against the loudspeaker's.
    let decibels: Double
    /// Until the reverberation has fallen by 60 dB.
    let reverberationMilliseconds: Double
    /// A small loudspeaker bends what is loud.
    let distorts: Bool
    let seed: UInt64

    /// What the microphone hears of `played`, as long as that.
    func echo(of played: [Float]) -> [Float] {
        var random = RandomSource.seeded(seed)
        let length = Int(reverberationMilliseconds * 48)
        // A tap each millisecond: as dense as a room's early reflections, and quick to compute.
        let taps = stride(from: 0, to: length, by: 48).map { offset -> (offset: Int, gain: Float) in
            let decay = exp(-6.9 * Double(offset) / Double(length))
            let gain = offset == 0 ? 1 : 0.25 * Double.random(in: -1...1, using: &random) * decay
            return (offset + delayMilliseconds * 48, Float(gain * pow(10, decibels / 20)))
        }
        let source = distorts ? played.map { tanhf(2 * $0) / 2 } : played
        var heard = [Float](repeating: 0, count: played.count)
        for tap in taps where tap.offset < heard.count {
            for index in 0..<heard.count - tap.offset { heard[index + tap.offset] += source[index] * tap.gain }
        }
        return heard
    }
}
