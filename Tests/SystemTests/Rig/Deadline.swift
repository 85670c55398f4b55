import Glibc

/// Seconds of the monotonic clock.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// What a wait that ran out throws: what was waited for, and what there was instead.
struct WaitedInVain: Error, CustomStringConvertible {
    let description: String
}

/// Asks `condition` every 10 ms until it gives a value; throws when `seconds` have passed.
@discardableResult
func waitUntil<Value>(
    upTo seconds: Double, for what: String, instead: () -> String = { "" }, until condition: () throws -> Value?
) throws -> Value {
    let deadline = monotonicSeconds() + seconds
    while true {
        if let value = try condition() { return value }
        guard monotonicSeconds() < deadline else {
            throw WaitedInVain(description: "waited \(seconds) s for \(what). \(instead())")
        }
        poll(nil, 0, 10)
    }
}
