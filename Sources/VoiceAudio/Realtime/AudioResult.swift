/// What the audio thread tells the device helper; see ``AudioCommand``.
enum AudioResult: BitwiseCopyable, @unchecked Sendable {
    /// Replaced by another or by nothing (code 0), or given up because the card failed (`-errno`).
    case capture(UnsafeMutablePointer<CaptureUnit>, code: Int32)
    case playback(UnsafeMutablePointer<PlaybackUnit>, code: Int32)
    case publisher(channel: Int, UnsafeMutablePointer<PublisherPipeline>)
    case player(slot: Int, UnsafeMutablePointer<PlayerPipeline>)
    case processor(UnsafeMutablePointer<CaptureProcessor>)
    /// The recording's tap is not written to any more.
    case recording(slot: Int)
    /// A publisher's file came to its end.
    case sourceEnded(channel: Int)
}
