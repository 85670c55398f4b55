/// What a recording is of.
package enum RecordingSource: Sendable, Hashable, CaseIterable, BitwiseCopyable {
    /// What this side says: the input device, processed, after volume and mute, and what publishers take from files and
    /// tones.
    case capture
    /// What this side hears: the mix of all players, whether or not the loudspeaker is mute.
    case playback
    /// Both.
    case mix
}
