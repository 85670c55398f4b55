import RTP
import Transport

/// Which packets of one received stream are missing, and which of them to ask for again (generic NACK, RFC 4585
/// section 6.2.1). Only what can still be played is asked for: a repair takes a round trip. Allocates nothing.
package struct RetransmissionRequests: Sendable {
    private struct Missing {
        var number: UInt16 = 0
        var since = MonotonicTime.zero
        var lastAsked = MonotonicTime.zero
        var asked = 0
        var isUsed = false
    }

    /// Gaps longer than this are an outage, which no repair mends.
    private static let longestGap = 32
    private static let attempts = 3
    /// Reordering is waited for, before the first request.
    private static let patienceNanoseconds: Int64 = 5_000_000

    private var missing = [Missing](repeating: Missing(), count: 64)
    private var count = 0
    private var highest: UInt16?

    package init() {}

    /// Whether anything is missing.
    package var isEmpty: Bool { count == 0 }

    /// A packet arrived. True when it was asked for again.
    @discardableResult
    package mutating func received(_ number: UInt16, now: MonotonicTime) -> Bool {
        guard let highest else {
            self.highest = number
            return false
        }
        let ahead = Int16(truncatingIfNeeded: Int(number) - Int(highest))
        guard ahead > 0 else { return remove(number) }
        self.highest = number
        guard ahead > 1 else { return false }
        if ahead <= Self.longestGap {
            for step in 1..<UInt16(ahead) { add(highest &+ step, now) }
        } else {
            removeAll()
        }
        return false
    }

    /// The content of a packet came another way, as a copy inside a later one; true when it was missing.
    @discardableResult
    package mutating func repaired(_ number: UInt16) -> Bool {
        let before = count
        remove(number)
        return count < before
    }

    /// The numbers to ask for now, in ascending order of their place in the table; the caller packs them.
    ///
    /// - Parameters:
    ///   - roundTrip: to the sender and back, in nanoseconds.
    ///   - buffer: for how long after its arrival a packet waits before it is played, in nanoseconds.
    package mutating func due(
        now: MonotonicTime, roundTrip: Int64, buffer: Int64, _ ask: (UInt16) -> Void
    ) {
        guard count > 0 else { return }
        for index in missing.indices where missing[index].isUsed {
            let entry = missing[index]
            // Too late when the answer would come after the packet should have been played.
            if now.nanoseconds(since: entry.since) + roundTrip > buffer || entry.asked >= Self.attempts {
                missing[index].isUsed = false
                count -= 1
                continue
            }
            let pause = entry.asked == 0 ? Self.patienceNanoseconds : max(roundTrip * 3 / 2, 20_000_000)
            let reference = entry.asked == 0 ? entry.since : entry.lastAsked
            guard now.nanoseconds(since: reference) >= pause else { continue }
            missing[index].asked += 1
            missing[index].lastAsked = now
            ask(entry.number)
        }
    }

    private mutating func add(_ number: UInt16, _ now: MonotonicTime) {
        guard let index = missing.firstIndex(where: { !$0.isUsed }) else { return }
        missing[index] = Missing(number: number, since: now, lastAsked: now, asked: 0, isUsed: true)
        count += 1
    }

    /// True when it was asked for.
    @discardableResult
    private mutating func remove(_ number: UInt16) -> Bool {
        guard count > 0 else { return false }
        for index in missing.indices where missing[index].isUsed && missing[index].number == number {
            missing[index].isUsed = false
            count -= 1
            return missing[index].asked > 0
        }
        return false
    }

    private mutating func removeAll() {
        for index in missing.indices { missing[index].isUsed = false }
        count = 0
    }
}
