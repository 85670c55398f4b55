/// The buckets into which ``DelayEstimator`` sorts delays: as fine as a millisecond where every one of them is heard in
/// a conversation, coarser where the path spoils more than a bucket's width could.
enum DelayScale {
    static var count: Int { @_noAllocation @_noLocks get { 204 } }

    /// The upper edge of a bucket, ns: every millisecond up to 40, every second one up to 120, every fifth up to 320,
    /// every twentieth up to 2000.
    @_noAllocation @_noLocks
    static func edge(_ bucket: Int) -> Int64 {
        let step = Int64(bucket) + 1
        let milliseconds =
            step <= 40
            ? step : step <= 80 ? 40 + (step - 40) * 2 : step <= 120 ? 120 + (step - 80) * 5 : 320 + (step - 120) * 20
        return milliseconds * 1_000_000
    }

    /// The bucket of a delay: the first whose edge is not below it.
    @_noAllocation @_noLocks
    static func bucket(of nanoseconds: Int64) -> Int {
        let delay = max(nanoseconds - 1, 0) / 1_000_000
        let bucket =
            delay < 40
            ? delay
            : delay < 120 ? 40 + (delay - 40) / 2 : delay < 320 ? 80 + (delay - 120) / 5 : 120 + (delay - 320) / 20
        return min(Int(bucket), count - 1)
    }
}
