/// How loud a signal is: what RFC 6464 tells other participants, and the 0–100 of the SDK's sound level.
package struct LevelMeter: BitwiseCopyable {
    /// −dBov as of RFC 6464 section 3: 0 is a full-scale square wave, 127 digital silence.
    package static var silence: UInt8 { @_noAllocation @_noLocks get { 127 } }
    /// What the sound level calls 0: quieter than the noise of any room through any microphone.
    private static var floor: Float { -60 }

    package private(set) var audioLevel: UInt8 = LevelMeter.silence
    /// 0…100, in hundredths for an integer atomic. Rises at once, falls by at most 30 dB a second, so that a reader
    /// who looks ten times a second sees the peaks.
    package private(set) var soundLevel: UInt32 = 0
    private var held: Float = LevelMeter.floor

    @_noAllocation @_noLocks
    package init() {}

    /// Measures one block of 10 ms.
    @_noAllocation @_noLocks
    package mutating func measure(_ samples: UnsafePointer<Float>, count: Int) {
        measure(energy: LevelMeter.energy(samples, count: count))
    }

    /// Takes a mean square that was computed already.
    @_noAllocation @_noLocks
    package mutating func measure(energy: Float) {
        let decibels = LevelMeter.decibels(energy: energy)
        audioLevel = LevelMeter.audioLevel(decibels: decibels)
        held = max(decibels, held - 0.3)
        soundLevel = UInt32(min(max((held - LevelMeter.floor) / -LevelMeter.floor, 0), 1) * 10_000)
    }

    /// As RFC 6464 wants it: −dBov, rounded.
    @_noAllocation @_noLocks
    package static func audioLevel(decibels: Float) -> UInt8 {
        UInt8(min(max(0.5 - decibels, 0), 127))
    }

    /// The mean square of samples within ±1. Not a number counts as silence.
    @_noAllocation @_noLocks
    package static func energy(_ samples: UnsafePointer<Float>, count: Int) -> Float {
        var sum: Float = 0
        for index in 0..<count { sum += samples[index] * samples[index] }
        let mean = count == 0 ? 0 : sum / Float(count)
        return mean.isFinite ? mean : 0
    }

    /// Relative to full scale, −127 at least.
    @_noAllocation @_noLocks
    package static func decibels(energy: Float) -> Float {
        energy < 2e-13 ? -127 : 10 * realtimeLog10(energy)
    }
}
