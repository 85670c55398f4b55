import Transport

/// When something that failed is tried again: at once, after 0.5 s, 1 s, 2 s, then every 2 s in the first minute, then
/// every 10 s, each ±20 % so that clients of one server do not come back in step; until the window runs out.
package struct RetrySchedule: Sendable, Equatable {
    /// How long it is tried, from the first attempt on.
    package let windowNanoseconds: Int64

    package init(windowSeconds: Double) {
        windowNanoseconds = Int64(min(max(windowSeconds, 0), 1e9) * 1e9)
    }

    /// The pause before attempt `attempt` (0 is the first one), in nanoseconds.
    ///
    /// - Parameter elapsed: nanoseconds since the first attempt.
    package func pause(before attempt: Int, elapsed: Int64, random: inout RandomSource) -> Int64 {
        let milliseconds: Int64
        switch attempt {
        case ...0: return 0
        case 1: milliseconds = 500
        case 2: milliseconds = 1000
        default: milliseconds = elapsed < 60_000_000_000 ? 2000 : 10_000
        }
        return milliseconds * Int64.random(in: 800_000...1_200_000, using: &random)
    }
}
