import Transport

/// A limit of a rate: `burst` at once, `perSecond` on average.
struct TokenBucket {
    private let perSecond: Double
    private let burst: Double
    private var level: Double
    private var last: MonotonicTime

    init(perSecond: Int, burst: Int, now: MonotonicTime) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
        level = Double(burst)
        last = now
    }

    /// Takes one; false when there is none.
    mutating func take(_ now: MonotonicTime) -> Bool {
        level = min(burst, level + max(0, now.milliseconds(since: last)) * perSecond / 1000)
        last = max(last, now)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }
}
