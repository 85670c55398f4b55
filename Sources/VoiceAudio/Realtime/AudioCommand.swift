/// What the device helper tells the audio thread. Pointers change owner with it: what is installed belongs to the
/// audio thread until it comes back as an ``AudioResult``.
///
/// `@unchecked Sendable`: exactly because of that, one thread at a time uses what they point at.
enum AudioCommand: BitwiseCopyable, @unchecked Sendable {
    case setCapture(UnsafeMutablePointer<CaptureUnit>?)
    case setPlayback(UnsafeMutablePointer<PlaybackUnit>?)
    case setPublisher(channel: Int, UnsafeMutablePointer<PublisherPipeline>?)
    case setPlayer(slot: Int, UnsafeMutablePointer<PlayerPipeline>?)
    case setProcessor(UnsafeMutablePointer<CaptureProcessor>?)
    case setRecording(slot: Int, RecordingTap?)
    /// While nothing is played and no file is put out.
    case setOutputChannels(Int)
}
