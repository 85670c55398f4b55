/// An input device that was opened, ready to be handed to the audio thread.
struct InputDevice: ~Copyable {
    /// To be closed later by the one who opened it.
    let pcm: AlsaPCM?
    private var unit: CaptureUnit

    /// Opens a device by its name; nil for `null`, which needs nothing.
    static func open(
        _ name: String, _ configuration: AudioConfiguration, channels: Int
    ) throws(AudioError) -> InputDevice? {
        switch try AudioDeviceName(name, for: .input) {
        case .null:
            return nil
        case .loopback:
            return InputDevice(pcm: nil, unit: CaptureUnit(loopbackOf: channels))
        case .tone(let hertz):
            return InputDevice(pcm: nil, unit: CaptureUnit(toneOf: hertz, channels: channels))
        case .file(let path):
            let clip = try AudioClip.load(path, channels: channels, loops: true)
            return InputDevice(pcm: nil, unit: CaptureUnit(clip: clip))
        case .alsa(let pcmName):
            let pcm = try AlsaPCM.open(
                pcmName, direction: .input, channels: channels, period: configuration.periodFrames)
            return InputDevice(
                pcm: pcm, unit: CaptureUnit(card: pcm, channels: channels, block: configuration.captureFrames))
        }
    }

    private init(pcm: AlsaPCM?, unit: consuming CaptureUnit) {
        self.pcm = pcm
        self.unit = unit
    }

    consuming func takeUnit() -> CaptureUnit { unit }
}
