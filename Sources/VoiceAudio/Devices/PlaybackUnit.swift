/// The output device as the audio thread sees it. Made and freed by the device helper.
struct PlaybackUnit: ~Copyable {
    enum Kind: BitwiseCopyable {
        case card, file, loopback
    }

    let kind: Kind
    var card: CardPlayback?
    var tap: FileTap?

    init(card device: AlsaPCM, channels: Int) {
        kind = .card
        card = CardPlayback(device: device, channels: channels)
    }

    init(tap: FileTap) {
        kind = .file
        card = nil
        self.tap = tap
    }

    /// The output whose sound the input `loopback` captures.
    static func loopback() -> PlaybackUnit {
        PlaybackUnit(kind: .loopback)
    }

    private init(kind: Kind) {
        self.kind = kind
        card = nil
    }

    var isCard: Bool {
        @_noAllocation @_noLocks get { kind == .card }
    }

    var isLoopback: Bool {
        @_noAllocation @_noLocks get { kind == .loopback }
    }
}
