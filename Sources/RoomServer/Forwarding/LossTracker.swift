import Transport

/// Which packets of a publisher are missing and when to ask for them again. Bounded, and without allocation per packet.
package struct LossTracker {
    private struct Missing {
        var sequence: Int64
        var askAt: MonotonicTime
        var tries: Int
    }

    /// Packets that are a little late are not lost: wait so long before the first request.
    private static let reorderingMilliseconds: Int64 = 10
    /// Between requests for the same packet. The server does not know the round trip of a lite agent's peer.
    private static let retryMilliseconds: Int64 = 50
    private static let maximumTries = 3
    private static let capacity = 64

    private var missing: [Missing] = []
    private var highest: Int64?
    /// Numbers that were given up or still miss, against those that came late after all.
    package private(set) var lost: Int64 = 0

    package init() {
        missing.reserveCapacity(Self.capacity)
    }

    /// What the arrival of a packet means for those that miss.
    package enum Arrival: Sendable {
        case inOrder
        /// It leaves a gap behind it.
        case afterGap
        /// It was missed, but not yet asked for.
        case late
        /// It was asked for, and has come.
        case recovered
    }

    /// A packet has arrived.
    package mutating func received(_ sequence: Int64, now: MonotonicTime) -> Arrival {
        guard let highest else {
            self.highest = sequence
            return .inOrder
        }
        if sequence <= highest {
            lost -= 1
            guard let index = missing.firstIndex(where: { $0.sequence == sequence }) else { return .late }
            return missing.remove(at: index).tries > 0 ? .recovered : .late
        }
        self.highest = sequence
        let gap = sequence - highest - 1
        guard gap > 0 else { return .inOrder }
        lost += gap
        let askAt = now.advanced(byMilliseconds: Self.reorderingMilliseconds)
        // Of a long gap only the end can still be of use.
        for number in max(highest + 1, sequence - Int64(Self.capacity))..<sequence {
            if missing.count == Self.capacity { missing.removeFirst() }
            missing.append(Missing(sequence: number, askAt: askAt, tries: 0))
        }
        return .afterGap
    }

    /// The content of a packet has come another way: it need not be asked for (any more). Lost it is all the same.
    package mutating func repaired(_ sequence: Int64) {
        missing.removeAll { $0.sequence == sequence }
    }

    /// The sequence numbers to ask for now, in rising order, added to `numbers`.
    package mutating func takeDue(now: MonotonicTime, into numbers: inout [UInt16]) {
        for index in missing.indices where missing[index].askAt <= now {
            missing[index].tries += 1
            missing[index].askAt = now.advanced(byMilliseconds: Self.retryMilliseconds)
            if missing[index].tries <= Self.maximumTries {
                numbers.append(UInt16(truncatingIfNeeded: missing[index].sequence))
            }
        }
        missing.removeAll { $0.tries > Self.maximumTries }
    }

    /// When ``takeDue(now:into:)`` has something to give.
    package var deadline: MonotonicTime {
        missing.reduce(.distantFuture) { min($0, $1.askAt) }
    }
}
