/// The `state` of `recording-state`.
package enum RecordingState: String, Sendable {
    case started
    /// The file is complete.
    case stopped
    /// The file ends here, by the event's error; what it has so far can be played.
    case failed
}
