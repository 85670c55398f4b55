import RTP
import Transport

/// How much a stream is by itself, without copies: what it is at present, and what its publisher makes of it when no
/// listener's line holds it back.
package struct StreamMeter {
    /// Samples that are gathered for a figure: half a second of sound, silence that is not sent left out.
    private static let window = 24_000
    /// What is no longer tells of nothing but silence.
    private static let longestSilence = 8
    private static let frames = 5...60
    /// ms without sound after which a stream is silent.
    private static let pause: Int64 = 1000

    /// Payload bits per second, and the frames' length in milliseconds; nil before the first half second.
    package private(set) var present: StreamPlan.Wish?
    /// What comes without being held back: the most of the last ten or twenty seconds.
    package private(set) var free: StreamPlan.Wish?
    /// Two channels.
    package private(set) var isStereo = false
    /// The publisher sends the packet before along with each.
    package private(set) var hasNearCopies = false
    private var bytes = 0
    private var samples = 0
    /// When sound came last.
    private var lastSound: MonotonicTime?

    package init() {}

    /// Sound came lately.
    package func isActive(now: MonotonicTime) -> Bool {
        lastSound.map { now < $0.advanced(byMilliseconds: Self.pause) } ?? false
    }

    /// Takes the next packet; `isHeldBack` is asked now and then.
    package mutating func add(
        _ primary: UnsafeRawBufferPointer, samples: Int, hasNearCopy: Bool, now: MonotonicTime, isHeldBack: () -> Bool
    ) {
        guard primary.count > Self.longestSilence else { return }
        lastSound = now
        bytes += primary.count
        self.samples += samples
        guard self.samples >= Self.window else { return }
        let milliseconds = min(max(samples / 48, Self.frames.lowerBound), Self.frames.upperBound)
        let bitrate = bytes * 8 * 48_000 / self.samples
        (bytes, self.samples) = (0, 0)
        present = StreamPlan.Wish(bitrate: bitrate, frameMilliseconds: milliseconds)
        hasNearCopies = hasNearCopy
        if let free, isHeldBack() {
            self.free?.bitrate = max(free.bitrate, bitrate)
            return
        }
        let held = free.map { $0.bitrate - $0.bitrate / 32 } ?? 0
        free = StreamPlan.Wish(bitrate: max(bitrate, held), frameMilliseconds: milliseconds)
        isStereo = OpusPacket.isStereo(primary)
    }

    /// Another publisher, or the same one anew.
    ///
    /// - Parameter isHeldBack: it is, from its first packets on: what it would make without that is taken from the former.
    package mutating func clear(isHeldBack: Bool) {
        let former = self
        self = StreamMeter()
        guard isHeldBack else { return }
        (present, free, isStereo) = (former.present, former.free, former.isStereo)
        hasNearCopies = former.hasNearCopies
    }
}
