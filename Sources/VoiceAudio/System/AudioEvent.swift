/// What an ``AudioSystem`` tells by itself; delivered in order on the device helper's thread, never on the audio
/// thread.
package enum AudioEvent: Sendable {
    /// A device began to run, failed, was lost, or returned. Told on change only, however often it is retried.
    case deviceState(AudioDeviceStatus)
    /// The audio thread has a problem, or is rid of it.
    case audioThread(AudioThreadProblem)
    /// A publisher's file has come to its end (not told for a looped one); the publisher goes on with silence.
    case sourceEnded(channel: Int)
    /// A player's file cannot be written any more (disk full…); the player goes on without it.
    case sinkFailed(slot: Int, error: AudioError)
    /// A recording cannot be written any more; what it has so far can be played. It is still to be stopped.
    case recordingFailed(slot: Int, error: AudioError)
}
