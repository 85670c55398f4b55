import Transport

/// A limit of a rate: `burst` at once, `perSecond` on average.
struct TokenBucket {
    private let perSecond: Double
    private let burst: Double
    private var level: Double
    private var last: MonotonicTime

    init(perSecond: Double, burst: Int, now: MonotonicTime) {
        self.perSecond = perSecond
        self.burst = Double(burst)
        level = Double(burst)
        last = now
    }

    private func level(at now: MonotonicTime) -> Double {
        min(burst, level + max(0, now.milliseconds(since: last)) * perSecond / 1000)
    }

    /// Whether nothing was taken for long enough to be forgotten.
    func isFull(_ now: MonotonicTime) -> Bool { level(at: now) >= burst }

    /// Takes one; false when there is none.
    mutating func take(_ now: MonotonicTime) -> Bool {
        level = level(at: now)
        last = max(last, now)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }
}
