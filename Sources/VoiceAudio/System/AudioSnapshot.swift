/// How the audio engine fares; every value is read from memory, none is older than a few periods.
package struct AudioSnapshot: Sendable {
    package var input: AudioDeviceStatus
    package var output: AudioDeviceStatus
    /// Whether the audio thread runs under SCHED_FIFO.
    package var isRealtime: Bool
    /// Of the period that cards are asked for.
    package var periodMilliseconds: Double
    package var isMicrophoneMuted: Bool
    package var isSpeakerMuted: Bool
    /// Level after volume and mute, 0–100.
    package var capturedSoundLevel: Double
    package var inputXruns: Int
    package var outputXruns: Int
    package var xruns: Int { inputXruns + outputXruns }
    /// Grows with every turn of the audio thread, at least ten times a second: a watchdog compares two readings.
    package var heartbeat: UInt64
    /// How old the newest sample of a block is when the block is taken from the input device, ms; nil while there is
    /// none. (What the block's other samples wait for it is part of the encoder's frame.)
    package var captureDelay: Double?
    /// What echo, noise and gain take at present, ms: a published microphone's sound comes so much later.
    package var processingDelay: Double
    /// From the jitter buffer to the loudspeaker, ms: limiter and card; nil while there is no output device.
    package var playbackDelay: Double?
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
