import Transport

/// Bounds what the server adds in copies on the way to one peer, over all the streams that it plays: where packets are
/// lost because the way is full, copies would only fill it more.
struct CopyAllowance {
    /// Three copies of one voice of 48 kb/s, and some: 200 kb/s.
    private static let bytesPerSecond: Int64 = 25_000
    /// A fifth of a second of it.
    private static let burst: Int64 = 5000

    private var bytes = CopyAllowance.burst
    private var refilled = MonotonicTime.zero

    /// Takes `count` bytes, if there are as many.
    mutating func take(_ count: Int, now: MonotonicTime) -> Bool {
        let passed = min(max(now.nanoseconds(since: refilled), 0), 1_000_000_000)
        bytes = min(bytes + passed * Self.bytesPerSecond / 1_000_000_000, Self.burst)
        refilled = now
        guard bytes >= Int64(count) else { return false }
        bytes -= Int64(count)
        return true
    }
}
