import Glibc

/// The wall clock, for what is shown or compared across machines; never for time-outs.
enum UnixTime {
    /// Milliseconds since 1970, with a fraction.
    static func milliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}
