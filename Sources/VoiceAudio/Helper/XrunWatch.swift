import Transport

/// Notices when xruns come in bursts, so that the caller is told once and not a hundred times.
package struct XrunWatch {
    private static let burst = 5
    private static let window: Int64 = 1_000_000_000
    private static let calm: Int64 = 10_000_000_000

    private var windowStart = MonotonicTime.zero
    private var totalAtStart = 0
    private var lastTotal = 0
    private var lastXrun = MonotonicTime.zero
    private var isBursting = false

    package init() {}

    /// Takes the number of xruns so far; a problem when a burst begins or is over.
    package mutating func update(total: Int, now: MonotonicTime) -> AudioThreadProblem? {
        if total != lastTotal {
            lastTotal = total
            lastXrun = now
        }
        if now.nanoseconds(since: windowStart) > XrunWatch.window {
            windowStart = now
            totalAtStart = total
        }
        let count = total - totalAtStart
        if !isBursting, count >= XrunWatch.burst {
            isBursting = true
            return .xrunBurst(count: count)
        }
        if isBursting, now.nanoseconds(since: lastXrun) > XrunWatch.calm {
            isBursting = false
            return .recovered
        }
        return nil
    }
}
