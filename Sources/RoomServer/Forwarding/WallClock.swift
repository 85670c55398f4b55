import Glibc
import Transport

/// The machine's wall clock as seen from the monotonic one: read now and then, so that a batch of packets costs no
/// system call and a step of the wall clock is followed within a second.
struct WallClock {
    private var offsetNanoseconds: Int64 = 0
    private var readAgain = MonotonicTime(nanoseconds: .min)

    /// Nanoseconds since 1970 at `time`, which is now or shortly before.
    mutating func unixNanoseconds(at time: MonotonicTime) -> Int64 {
        if time >= readAgain {
            var wall = timespec()
            clock_gettime(CLOCK_REALTIME, &wall)
            let unix = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
            offsetNanoseconds = unix - MonotonicTime.now().nanoseconds
            readAgain = time.advanced(byMilliseconds: 1000)
        }
        return time.nanoseconds + offsetNanoseconds
    }
}
