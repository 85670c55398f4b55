import VoiceAudio

/// A recording that the engine makes.
struct RunningRecording {
    /// As the caller named it.
    let path: String
    let type: RecordingType
    let file: OpenedFile
    /// Nil until it has begun.
    var handle: AudioRecording?
}
