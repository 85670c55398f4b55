import Transport

/// The input device as the audio thread sees it. Made and freed by the device helper.
struct CaptureUnit: ~Copyable {
    enum Kind: BitwiseCopyable {
        case card, clip, tone, loopback
    }

    let kind: Kind
    let channels: Int
    var card: CardCapture?
    private var clip: AudioClip?
    private var tone: ToneGenerator

    /// - Parameter block: frames that are asked for at once, at least; 120, 240 or 480.
    init(card device: AlsaPCM, channels: Int, block: Int) {
        kind = .card
        self.channels = channels
        card = CardCapture(device: device, channels: channels, block: block)
        clip = nil
        tone = ToneGenerator(hertz: 440)
    }

    init(clip: consuming AudioClip) {
        kind = .clip
        channels = clip.channels
        card = nil
        self.clip = consume clip
        tone = ToneGenerator(hertz: 440)
    }

    init(toneOf hertz: Double, channels: Int) {
        kind = .tone
        self.channels = channels
        card = nil
        clip = nil
        tone = ToneGenerator(hertz: hertz)
    }

    init(loopbackOf channels: Int) {
        kind = .loopback
        self.channels = channels
        card = nil
        clip = nil
        tone = ToneGenerator(hertz: 440)
    }

    /// What paces it: itself, or the audio thread's timer.
    var isCard: Bool {
        @_noAllocation @_noLocks get { kind == .card }
    }

    var isLoopback: Bool {
        @_noAllocation @_noLocks get { kind == .loopback }
    }

    /// A block of what is not a card.
    @_noAllocation @_noLocks
    mutating func fill(
        _ block: UnsafeMutablePointer<Float>, frames: Int, loopback: UnsafePointer<Float>, loopbackChannels: Int
    ) {
        switch kind {
        case .tone:
            tone.fill(block, frames: frames, channels: channels)
        case .clip:
            _ = clip?.fill(block, frames: frames)
        case .loopback:
            ChannelMapping.map(loopback, channels: loopbackChannels, to: block, channels: channels, frames: frames)
        case .card:
            break
        }
    }
}
