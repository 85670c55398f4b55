/// The output device as the audio thread sees it. Made and freed by the device helper.
struct PlaybackUnit: ~Copyable {
    enum Kind: BitwiseCopyable {
        case card, file, loopback
    }

    let kind: Kind
    var card: CardPlayback?
    var tap: FileTap?
    /// Fades in with the first block, and out before it is let go of.
    private var gain = GainRamp(0)
    private var isLeaving = false
    /// Blocks of silence still to come until the last sound has been played.
    private var silentBlocks = 0

    /// - Parameter block: frames that it is given at once.
    init(card device: AlsaPCM, block: Int) {
        kind = .card
        card = CardPlayback(device: device, block: block)
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

    /// The next block, of `block` frames as all of them, is the last that is heard.
    @_noAllocation @_noLocks
    mutating func leave(block: Int) {
        isLeaving = true
        silentBlocks = (card?.delay ?? 0) / block + 2
    }

    /// Makes the beginning and the end of its sound soft; true when nothing is left to be heard.
    @_noAllocation @_noLocks
    mutating func fade(_ block: UnsafeMutablePointer<Float>, frames: Int, channels: Int) -> Bool {
        gain.apply(isLeaving ? 0 : 1, to: block, frames: frames, channels: channels)
        guard isLeaving else { return false }
        silentBlocks -= 1
        return silentBlocks < 0
    }

    var isCard: Bool {
        @_noAllocation @_noLocks get { kind == .card }
    }

    var isLoopback: Bool {
        @_noAllocation @_noLocks get { kind == .loopback }
    }
}
