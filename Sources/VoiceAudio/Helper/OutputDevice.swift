/// An output device that was opened, ready to be handed to the audio thread.
struct OutputDevice: ~Copyable {
    /// To be closed later by the one who opened it.
    let pcm: AlsaPCM?
    let sink: FileSink?
    private var unit: PlaybackUnit

    /// Opens a device by its name; nil for `null`, which needs nothing.
    /// - Parameter channels: of a file. Cards are opened with two where they have two, whatever is mixed.
    static func open(
        _ name: String, _ configuration: AudioConfiguration, channels: Int
    ) throws(AudioError) -> OutputDevice? {
        switch try AudioDeviceName(name, for: .output) {
        case .null, .tone:
            return nil
        case .loopback:
            return OutputDevice(pcm: nil, sink: nil, unit: .loopback())
        case .file(let path):
            let sink = try FileSink(path: path, channels: channels)
            return OutputDevice(pcm: nil, sink: sink, unit: PlaybackUnit(tap: sink.tap))
        case .alsa(let pcmName):
            let pcm = try AlsaPCM.open(
                pcmName, direction: .output, channels: 2, period: configuration.periodFrames)
            return OutputDevice(
                pcm: pcm, sink: nil, unit: PlaybackUnit(card: pcm, block: configuration.blockFrames)
            )
        }
    }

    private init(pcm: AlsaPCM?, sink: FileSink?, unit: consuming PlaybackUnit) {
        self.pcm = pcm
        self.sink = sink
        self.unit = unit
    }

    consuming func takeUnit() -> PlaybackUnit { unit }
}
