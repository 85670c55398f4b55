/// How many copies of earlier frames go along with each packet (RFC 2198).
///
/// The copies are spaced where losses come in runs: a copy next to its original is lost with it. More copies at fewer
/// bits each stand more than few good ones: measured with Opus at 20 % loss in runs of three, all below 90 kb/s, PESQ-WB
/// is 3.2 with copies 1, 3 and 5 frames back, 3.8 with 2, 4, 6 and 8. Farther apart would be better still (3.95 with 3, 6,
/// 9 and 12), but what that gains in sound it loses by 80 ms more delay.
package enum RedundancyLevel: UInt8, Comparable, CaseIterable, Sendable, BitwiseCopyable {
    case none, light, medium, strong, heavy

    /// Copies that go along with each packet.
    @inlinable
    package var copies: Int { Int(rawValue) }

    /// How many frames back a copy is; copy 0 is the nearest.
    ///
    /// At a spacing of 2 the delay that copies are waited for is 8 frames at most, and three use it as well as four do.
    /// - Parameter spacing: 1: the frames just before; 2: with gaps, for runs of two or three; 3: for longer ones.
    @_noAllocation @_noLocks
    @inlinable
    package func distance(_ copy: Int, spacing: Int) -> Int {
        spacing == 2 && self < .heavy ? 2 + 3 * copy : (copy + 1) * spacing
    }

    @inlinable
    package static func < (lower: RedundancyLevel, upper: RedundancyLevel) -> Bool { lower.rawValue < upper.rawValue }

    /// What is left of `bitrate` for each frame when the copies and their headers have to fit too: the whole stays below
    /// 90 kb/s, or a quarter above what a stream that is richer than that takes anyway. Never below what is
    /// intelligible.
    @inlinable
    package func primaryBitrate(of bitrate: Int) -> Int {
        let whole = max(90_000, bitrate + bitrate / 4)
        // In wide band (below 24 kb/s) Opus takes less than it is given. That pays for the headers, but for a fiftieth with
        // the voices of people.
        let each = whole / (1 + copies)
        return min(bitrate, max(each < 24_000 ? each * 49 / 50 : each - 1_500, 16_000))
    }
}
