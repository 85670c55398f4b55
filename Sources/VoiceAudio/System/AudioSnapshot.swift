/// How the audio engine fares; every value is read from memory, none is older than a few periods.
package struct AudioSnapshot: Sendable {
    package var input: AudioDeviceStatus
    package var output: AudioDeviceStatus
    /// Whether the audio thread runs under SCHED_FIFO.
    package var isRealtime: Bool
    package var periodMilliseconds: Int
    package var isMicrophoneMuted: Bool
    package var isSpeakerMuted: Bool
    /// Level after volume and mute, 0–100.
    package var capturedSoundLevel: Double
    package var inputXruns: Int
    package var outputXruns: Int
    package var xruns: Int { inputXruns + outputXruns }
    /// Grows with every turn of the audio thread, at least ten times a second: a watchdog compares two readings.
    package var heartbeat: UInt64
    /// From the microphone to the encoder, ms: the card's queue and the period.
    package var captureDelay: Double
    /// From the mixer to the loudspeaker, ms (snd_pcm_delay).
    package var playbackDelay: Double
    /// How late the audio thread wakes after its timer, µs: mean and worst since the start. 0 while cards pace it.
    package var meanWakeUpLateness: Double
    package var worstWakeUpLateness: Double
    /// Blocks of 10 ms that the timer paced and that began more than 10 ms late: what an xrun is to a card.
    package var lateBlocks: Int
    /// Encoded frames that found the ring to the media thread full.
    package var droppedEncodedFrames: Int
    /// Received frames for slots that play nothing.
    package var strayReceivedFrames: Int
    /// Processor time of the audio thread, ns.
    package var processorNanoseconds: Int64
}
