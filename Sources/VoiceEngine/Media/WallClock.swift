#if canImport(Glibc)
    import Glibc
#endif

/// The machine's wall clock, which RTCP's NTP timestamps follow until the server's clock is known.
enum WallClock {
    static func nanosecondsSince1970() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
