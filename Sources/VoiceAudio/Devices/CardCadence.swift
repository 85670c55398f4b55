import Transport

/// Whether a card that plays takes its blocks one by one, or several at the end of each of its periods.
///
/// Blocks are shorter than the period where that is short (see ``AudioConfiguration/blockFrames``). Most cards wake the
/// audio thread only at the end of a period, but tell at any moment what they have played, so that they can be looked at
/// by the clock in between: then as little waits in the card when the next block is made as with blocks as long as the
/// period. Others move their pointer period by period only, or the machine is too busy for that: of these more has to wait
/// (``reserve``). How late the blocks are made tells which it is.
package struct CardCadence: BitwiseCopyable {
    /// Of the average, in parts of a turn.
    private static var weight: Int { 32 }
    /// Between two changes but the first, ns: a queue that becomes longer and shorter again moves the delay.
    private static var calm: Int64 { 10_000_000_000 }

    private let block: Int
    private let period: Int
    /// By how much the first block of a turn comes after its time, on average; in sixteenths of a frame.
    private var lateness: Int
    private var lastTurn = MonotonicTime.zero
    private var lastChange = MonotonicTime.zero
    /// Block by block.
    package private(set) var isEven = false

    /// - Parameters:
    ///   - block: frames that are made at once.
    ///   - period: of the card, frames.
    package init(block: Int, period: Int) {
        self.block = block
        self.period = period
        lateness = 16 * block
    }

    /// Whether it is worth while to look at the card between two periods.
    package var looksBetween: Bool {
        @_noAllocation @_noLocks get { block < period }
    }

    /// Frames to be left in the card when the next block is made in time. A card that takes its blocks once in a period
    /// is asked when almost a period more has been played, and then still has one.
    package var reserve: Int {
        @_noAllocation @_noLocks get { looksBetween && !isEven ? 2 * period - block : max(period, block) }
    }

    /// A block is made; true when ``reserve`` has become another.
    /// - Parameters:
    ///   - late: frames by which the card has less than when it should have been made.
    ///   - turn: when the thread woke; only the first block of each counts.
    @_noAllocation @_noLocks
    package mutating func note(late: Int, turn: MonotonicTime) -> Bool {
        guard looksBetween, turn.nanoseconds != lastTurn.nanoseconds else { return false }
        lastTurn = turn
        lateness += (16 * min(max(late, 0), period) - lateness) / CardCadence.weight
        let isNowEven = isEven ? lateness <= 8 * block : lateness < 4 * block
        guard isNowEven != isEven else { return false }
        guard !isNowEven || lastChange.nanoseconds == 0 || turn.elapsed(since: lastChange) > CardCadence.calm else {
            return false
        }
        isEven = isNowEven
        lastChange = turn
        return true
    }
}
