import Transport

/// How many frames are to wait in a card that plays: as few as it bears.
///
/// It starts at one block and one *reserve*, which is what is left when the next block is made. Two underruns within ten
/// seconds make it longer by a step: a machine that cannot keep 15 ms gets 20. After a calm time it becomes shorter again,
/// by a millisecond every few seconds, down to where it began. Nobody hears that: the block that is made a little later is
/// played in its turn all the same; it only comes from a little later in the jitter buffer, which brings its delay back
/// to what it aims at, by the drift corrector or in the next pause. An underrun on the way down says that the machine has
/// not become any better: the next calm time has to last twice as long.
package struct QueueTarget: BitwiseCopyable {
    /// Between two underruns that count as more than bad luck, ns.
    private static var window: Int64 { 10_000_000_000 }
    /// Between two steps down, ns.
    private static var pace: Int64 { 4_000_000_000 }
    private static var shrinkage: Int { 48 }
    private static var shortestCalm: Int64 { 30_000_000_000 }
    private static var longestCalm: Int64 { 960_000_000_000 }
    /// An underrun so soon after a step down is its doing, ns.
    private static var trial: Int64 { 60_000_000_000 }

    /// Frames.
    package private(set) var frames: Int
    private var least: Int
    private let block: Int
    private let most: Int
    private let growth: Int
    private var lastUnderrun = MonotonicTime.zero
    private var lastChange = MonotonicTime.zero
    private var hasShrunk = false
    private var calm = QueueTarget.shortestCalm

    /// - Parameters:
    ///   - block: frames that are made at once.
    ///   - reserve: frames that are left then.
    ///   - capacity: of the card's buffer.
    package init(block: Int, reserve: Int, capacity: Int) {
        self.block = block
        least = min(block + reserve, capacity)
        most = capacity
        growth = max(block / 2, 120)
        frames = least
    }

    /// From now on the reserve is another; what was learned of underruns stays on top of it.
    @_noAllocation @_noLocks
    package mutating func change(reserve: Int) {
        let former = least
        least = min(block + reserve, most)
        frames = min(frames + least - former, most)
    }

    /// The card ran dry; true when the target has become another.
    @_noAllocation @_noLocks
    package mutating func noteUnderrun(at now: MonotonicTime) -> Bool {
        let isSecond = lastUnderrun.nanoseconds > 0 && now.elapsed(since: lastUnderrun) < QueueTarget.window
        let isOfShrinking = hasShrunk && now.elapsed(since: lastChange) < QueueTarget.trial
        lastUnderrun = now
        if isOfShrinking {
            hasShrunk = false
            calm = min(calm * 2, QueueTarget.longestCalm)
        }
        guard isSecond || isOfShrinking, frames < most else { return false }
        frames = min(frames + growth, most)
        lastChange = now
        hasShrunk = false
        return true
    }

    /// The card plays; true when the target has become another.
    @_noAllocation @_noLocks
    package mutating func notePlaying(at now: MonotonicTime) -> Bool {
        guard frames > least else {
            if hasShrunk, now.elapsed(since: lastChange) > QueueTarget.trial {
                hasShrunk = false
                calm = QueueTarget.shortestCalm
            }
            return false
        }
        guard now.elapsed(since: lastUnderrun) > calm, now.elapsed(since: lastChange) > QueueTarget.pace else {
            return false
        }
        frames = max(frames - QueueTarget.shrinkage, least)
        lastChange = now
        hasShrunk = true
        return true
    }
}
