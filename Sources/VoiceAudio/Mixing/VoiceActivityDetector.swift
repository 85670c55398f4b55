/// Tells voice from the noise of a room by level alone: louder than a floor that follows the quietest of the last
/// seconds, with a hang-over across the gaps between words. Good enough for a flag that highlights who speaks; nothing
/// is cut by it.
package struct VoiceActivityDetector: BitwiseCopyable {
    /// Nothing quieter is a voice, whatever the floor.
    private static var threshold: Float { -55 }
    private static var aboveFloor: Float { 9 }
    /// Blocks of 10 ms that the flag stays on.
    private static var hangOver: Int { 25 }
    /// dB per block that the floor rises towards a louder signal: 3 dB a second.
    private static var rise: Float { 0.03 }

    package private(set) var isActive = false
    /// dB; starts above every voice and falls to what is there.
    private var floor: Float = 0
    private var remaining = 0

    @_noAllocation @_noLocks
    package init() {}

    /// Takes the mean square of one block of 10 ms.
    @_noAllocation @_noLocks
    package mutating func process(energy: Float) {
        let level = LevelMeter.decibels(energy: energy)
        // Falls fast, rises slowly; digital silence (a mute) says nothing about the room.
        if level > -100 {
            floor = level < floor ? floor + (level - floor) * 0.2 : min(floor + VoiceActivityDetector.rise, level)
        }
        if level > VoiceActivityDetector.threshold, level > floor + VoiceActivityDetector.aboveFloor {
            remaining = VoiceActivityDetector.hangOver
        } else if remaining > 0 {
            remaining -= 1
        }
        isActive = remaining > 0
    }
}
