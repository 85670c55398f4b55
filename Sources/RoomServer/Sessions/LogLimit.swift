import Transport

/// Lets through one log line per second of those that anybody outside can cause, and counts the others.
package struct LogLimit: Sendable {
    private var last: MonotonicTime?
    private var suppressed = 0

    package init() {}

    /// How many lines were left out since the last one, if this one may be written; else nil.
    package mutating func permit(_ now: MonotonicTime) -> Int? {
        if let last, now.milliseconds(since: last) < 1000 {
            suppressed += 1
            return nil
        }
        last = now
        defer { suppressed = 0 }
        return suppressed
    }
}
