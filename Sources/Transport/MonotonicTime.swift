import Glibc

/// A moment on the machine's monotonic clock (`CLOCK_MONOTONIC`), in nanoseconds.
///
/// Every state machine of the package takes the time as an argument and never asks for it, so that whole calls run in
/// virtual time. Only loops at the edge (`MediaIO`, `VoiceAudio`) call ``now()``.
@frozen
package struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since an arbitrary origin (the boot of the machine, or the start of a simulation).
    package var nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The origin of a simulation's clock.
    @inlinable
    package static var zero: MonotonicTime { MonotonicTime(nanoseconds: 0) }

    /// A moment that never comes.
    @inlinable
    package static var distantFuture: MonotonicTime { MonotonicTime(nanoseconds: .max) }

    /// Reads `CLOCK_MONOTONIC`.
    package static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    @inlinable
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment `nanoseconds` later (earlier when negative); saturates at ``distantFuture``.
    @inlinable
    package func advanced(byNanoseconds nanoseconds: Int64) -> MonotonicTime {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return MonotonicTime(nanoseconds: overflow ? (nanoseconds > 0 ? .max : .min) : sum)
    }

    @inlinable
    package func advanced(byMilliseconds milliseconds: Int64) -> MonotonicTime {
        advanced(byNanoseconds: milliseconds * 1_000_000)
    }

    /// Nanoseconds from `earlier` to this moment; negative when `earlier` is later.
    @inlinable
    package func nanoseconds(since earlier: MonotonicTime) -> Int64 {
        nanoseconds &- earlier.nanoseconds
    }

    /// Milliseconds from `earlier` to this moment, as a fraction.
    @inlinable
    package func milliseconds(since earlier: MonotonicTime) -> Double {
        Double(nanoseconds(since: earlier)) / 1_000_000
    }
}
