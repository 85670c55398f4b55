import VoiceAudio

/// What `startRecording` records.
package enum RecordingType: String, Sendable, CaseIterable {
    /// What this side says: the microphone, processed, after volume and mute, and what is published from files and tones.
    case capture
    /// What this side hears, whether or not the loudspeaker is mute.
    case playback
    /// Both.
    case mix

    var source: RecordingSource {
        switch self {
        case .capture: .capture
        case .playback: .playback
        case .mix: .mix
        }
    }
}
