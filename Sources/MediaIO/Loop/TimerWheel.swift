import Transport

/// Deadlines of many small things (sessions, streams) by key, each O(1) to set, move and cancel, whatever their number.
///
/// A hashed wheel: bucket `deadline / tick mod buckets`. What lies further ahead than one turn of the wheel stays in
/// its bucket until its own lap. Keys are small whole numbers (slots of a table). Memory grows with the largest key,
/// not with time.
package struct TimerWheel {
    private struct Entry {
        var deadline = MonotonicTime.distantFuture
        var tick: Int64 = -1
        /// Neighbours in the bucket's list; −1 at its ends.
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    private static let bucketCount: Int64 = 512

    private let tickNanoseconds: Int64
    private var entries: [Entry] = []
    private var heads = [Int32](repeating: -1, count: Int(TimerWheel.bucketCount))
    /// One bit per bucket that has entries.
    private var occupied = [UInt64](repeating: 0, count: Int(TimerWheel.bucketCount / 64))
    /// The first tick that was not worked off yet.
    private var currentTick: Int64
    /// Keys with a deadline.
    package private(set) var count = 0

    /// - Parameters:
    ///   - tickMilliseconds: width of a bucket; deadlines are kept to the nanosecond all the same, it only says how
    ///     many entries ``advance(to:_:)`` looks at for nothing.
    package init(tickMilliseconds: Int64 = 5, now: MonotonicTime) {
        precondition(tickMilliseconds > 0)
        tickNanoseconds = tickMilliseconds * 1_000_000
        currentTick = now.nanoseconds / (tickMilliseconds * 1_000_000)
    }

    /// Sets or moves the deadline of `key` (0 or more). ``MonotonicTime/distantFuture`` cancels it.
    package mutating func schedule(_ key: Int, at deadline: MonotonicTime) {
        precondition(key >= 0 && key < Int(Int32.max))
        cancel(key)
        guard deadline != .distantFuture else { return }
        while entries.count <= key {
            entries.append(Entry())
        }
        // What is overdue waits in the current bucket, where the next advance looks first.
        let tick = max(currentTick, deadline.nanoseconds / tickNanoseconds)
        let bucket = Int(tick % Self.bucketCount)
        let head = heads[bucket]
        entries[key] = Entry(deadline: deadline, tick: tick, previous: -1, next: head)
        if head >= 0 { entries[Int(head)].previous = Int32(key) }
        heads[bucket] = Int32(key)
        occupied[bucket / 64] |= 1 << UInt64(bucket % 64)
        count += 1
    }

    package mutating func cancel(_ key: Int) {
        guard key >= 0, key < entries.count, entries[key].tick >= 0 else { return }
        let entry = entries[key]
        let bucket = Int(entry.tick % Self.bucketCount)
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
        if entry.previous >= 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            heads[bucket] = entry.next
            if entry.next < 0 { occupied[bucket / 64] &= ~(1 << UInt64(bucket % 64)) }
        }
        entries[key] = Entry()
        count -= 1
    }

    /// The deadline of `key`; nil when it has none.
    package func deadline(of key: Int) -> MonotonicTime? {
        guard key >= 0, key < entries.count, entries[key].tick >= 0 else { return nil }
        return entries[key].deadline
    }

    /// Takes out every key whose deadline is at or before `now`, in no particular order, into `expired` (whose former
    /// contents go). Returning them instead of calling out lets the caller schedule anew at will.
    package mutating func advance(to now: MonotonicTime, expired: inout [Int]) {
        expired.removeAll(keepingCapacity: true)
        let lastTick = now.nanoseconds / tickNanoseconds
        guard lastTick >= currentTick else { return }
        let buckets = min(lastTick - currentTick, Self.bucketCount - 1)
        if count > 0 {
            for offset in 0...buckets {
                var key = heads[Int((currentTick + offset) % Self.bucketCount)]
                while key >= 0 {
                    let next = entries[Int(key)].next
                    if entries[Int(key)].deadline <= now { expired.append(Int(key)) }
                    key = next
                }
            }
            for key in expired {
                cancel(key)
            }
        }
        currentTick = lastTick
    }

    /// A moment not after the earliest deadline, and not before the bucket in which something may be due: when to
    /// call ``advance(to:expired:)`` next. ``MonotonicTime/distantFuture`` when nothing is scheduled.
    package var nextDeadline: MonotonicTime {
        guard count > 0 else { return .distantFuture }
        let start = Int(currentTick % Self.bucketCount)
        for step in 0...occupied.count {
            let word = (start / 64 + step) % occupied.count
            var bits = occupied[word]
            // The first word is looked at twice: from the current bucket on, and at last up to it.
            if step == 0 { bits &= ~0 << UInt64(start % 64) }
            if step == occupied.count { bits &= ~(~0 << UInt64(start % 64)) }
            guard bits != 0 else { continue }
            let bucket = word * 64 + bits.trailingZeroBitCount
            let distance = (bucket - start + Int(Self.bucketCount)) % Int(Self.bucketCount)
            let tick = currentTick + Int64(distance)
            var earliest = MonotonicTime.distantFuture
            var key = heads[bucket]
            while key >= 0 {
                let entry = entries[Int(key)]
                if entry.tick == tick { earliest = min(earliest, entry.deadline) }
                key = entry.next
            }
            // Only later laps in it: look again when its time has come.
            return earliest != .distantFuture
                ? earliest : MonotonicTime(nanoseconds: (tick + 1) * tickNanoseconds)
        }
        return .distantFuture
    }
}
