import Glibc

/// Wall-clock time as events carry it.
package enum EventTime {
    /// Microseconds since 1970-01-01T00:00:00Z, now.
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// RFC 3339 in UTC with microseconds: `2026-01-05T09:30:00.123456Z`.
    package static func text(microseconds: Int64) -> String {
        var seconds = time_t(microseconds.floorDivided(by: 1_000_000))
        let fraction = microseconds - Int64(seconds) * 1_000_000
        var date = tm()
        gmtime_r(&seconds, &date)
        return
            "\(digits(Int(date.tm_year) + 1900, 4))-\(digits(Int(date.tm_mon) + 1, 2))-\(digits(Int(date.tm_mday), 2))"
            + "T\(digits(Int(date.tm_hour), 2)):\(digits(Int(date.tm_min), 2)):\(digits(Int(date.tm_sec), 2))"
            + ".\(digits(Int(fraction), 6))Z"
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
