import Transport

/// Ticks once for each block on the monotonic clock, without drift: what paces the audio thread where no card does.
struct Metronome: BitwiseCopyable {
    /// After a stand-still longer than this (a suspend, a debugger) the missed ticks are dropped, not made up for.
    private static var patience: Int64 { 200_000_000 }

    private(set) var next: MonotonicTime
    private let interval: Int64

    /// - Parameter block: frames between two ticks.
    @_noAllocation @_noLocks
    init(start: MonotonicTime, block: Int) {
        next = start
        interval = Int64(block) * 62_500 / 3
    }

    /// Begins anew.
    @_noAllocation @_noLocks
    mutating func restart(at moment: MonotonicTime) {
        next = moment
    }

    /// The moment of a tick that is due at `now`, nil when none is.
    @_noAllocation @_noLocks
    mutating func tick(now: MonotonicTime) -> MonotonicTime? {
        guard now.nanoseconds >= next.nanoseconds else { return nil }
        if now.elapsed(since: next) > Metronome.patience { next = now }
        let tick = next
        next = next.later(by: interval)
        return tick
    }
}
