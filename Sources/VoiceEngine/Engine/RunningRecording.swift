import VoiceAudio

/// A recording that the engine makes.
struct RunningRecording {
    /// As the caller named it.
    let requestedPath: String
    /// The file that was made: the same, or with a number.
    var path: String { file.name }
    let type: RecordingType
    let file: OpenedFile
    /// Nil until it has begun.
    var handle: AudioRecording?
}
