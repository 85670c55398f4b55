import Glibc
import Transport

/// The room server's clock, by which capture times, sender reports and pings are told: the wall clock as it was when the
/// process first asked, carried on by the monotonic clock. A wall clock that is set meanwhile would put every delay that
/// clients work out off by as much, until the last of what they had measured before is forgotten.
enum ServerClock {
    private static let offsetNanoseconds: Int64 = {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec) - MonotonicTime.now().nanoseconds
    }()

    /// Nanoseconds since 1970 at a moment.
    static func unixNanoseconds(at time: MonotonicTime) -> Int64 { time.nanoseconds &+ offsetNanoseconds }

    /// Milliseconds since 1970, with a fraction.
    static func milliseconds() -> Double { Double(unixNanoseconds(at: .now())) / 1_000_000 }
}
