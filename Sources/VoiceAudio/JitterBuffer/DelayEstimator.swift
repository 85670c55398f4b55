import Transport

/// Learns from the arrival of packets how long a packet should be able to wait before it is played: the *target*.
///
/// *Transit* is arrival minus RTP time: it contains the unknown offset of two clocks, so only differences count. The
/// fastest transit of the last two seconds is the base; a packet's *relative delay* is how much slower it was.
///
/// **What goes in.** Two records, because packets come too late in two ways:
///
/// - *The path holds everything up* (a queue, a radio that is busy), and all packets behind the first wait with it. Every
///   half second the largest relative delay goes into a histogram that forgets (0.983 per entry, half a minute or so).
///   Sampling the largest of an interval, not every packet, is what guards against rare spikes: a spike counts as much
///   as 25 quiet packets. Played with a delay of T, an interval whose largest was d costs d − T of sound made up.
/// - *Single packets come later than those behind them*: by another path, sent again after a NACK, or, when they were
///   lost, as a copy inside a later packet. Each counts for itself; played with a delay of T, the share of packets that
///   came later than T is lost. This record forgets in twenty seconds.
///
/// **What comes out.** Waiting costs too: somebody who hears the other late talks into his words. So both are put into
/// the same coin, the points of the E-model's rating R (ITU-T G.107): lost sound costs Ie,eff = 95 p / (p + 10) at p
/// percent, as measured for Opus; each millisecond costs 0.05 points, and from 150 ms on 0.085 more, as in the model's
/// usual approximation by two straight lines (Cole and Rosenbluth; its knee at 177 ms, less what other parts of the way
/// take, and 0.134 beyond; the first line steeper than its 0.024, because a short delay is what we are for). The target is the delay at
/// which the sum is smallest. What follows from that one rule:
///
/// - While little is late, it is a quantile: one half-second in forty may exceed the target.
/// - A repair is waited for as long as it pays. One lost packet in thirty is not worth the 60 ms more that the farthest
///   copies take, one in ten is; when the loss is over, the delay comes back by itself.
/// - A copy that is worth its wait only now and then would make the target go up and down, and each time sound would
///   be stretched, which costs more than either. So while repairs keep coming that would be given up, the target stays
///   until shorter is better by two points.
/// - What has not happened for half a minute (of repairs: a quarter of one) does not count any more, though the
///   histogram still knows of it: a path that has become good is believed as soon as that.
/// - A machine or a path that stands still for a second now and then does not make everybody wait for a second: Ie,eff
///   is concave, what cannot be saved at a bearable delay is given up.
package struct DelayEstimator: ~Copyable {
    private static var interval: Int64 { 500_000_000 }
    /// Points of R per millisecond of delay. At no loss the slope of Ie,eff is 9.5 points per percent, and an interval
    /// in which sound is missing costs 0.2 % per millisecond: 9.5 × 0.2 × 2.6 % = 0.05.
    private static var price: Float { 0.05 }
    private static var surcharge: Float { 0.085 }
    /// Milliseconds.
    private static var knee: Float { 150 }
    /// Points by which less delay must be better while repairs come that need more, and how many of those there must be.
    private static var inertia: Float { 3 }
    private static var fewestRepairs: Float { 0.3 }
    /// On a path that asks for more than this its target wavers by tens of milliseconds, and less delay must be better by
    /// so many points before sound is stretched for it.
    private static var restless: Int64 { 130_000_000 }
    private static var slightGain: Float { 1.5 }
    /// What is made up beyond the time that a packet is late, on average: until the end of a block, ms.
    private static var seam: Float { 5 }
    private static var forgetting: Float { 0.983 }
    private static var stragglerForgetting: Float { 0.975 }
    /// The half minute of what still counts, in parts of ten intervals.
    private static var parts: Int { 6 }
    private static var intervalsPerPart: Int { 10 }
    /// … and of stragglers: 15 to 20 s.
    private static var stragglerParts: Int { 4 }
    /// Entries before the histogram is believed.
    private static var fewestEntries: Int { 3 }
    /// … and until it is known well: 15 s.
    private static var settledEntries: Int { 30 }
    /// The window of the base, in slices: exact to a quarter second without remembering each packet.
    private static var slices: Int { 8 }
    private static var slice: Int64 { 250_000_000 }
    /// Until the first intervals have been seen.
    package static var initialTarget: Int64 { @_noAllocation @_noLocks get { 30_000_000 } }

    /// The weight of intervals by their largest delay; 1 in all.
    private let intervals: UnsafeMutablePointer<Float>
    /// Packets that came out of their turn by their delay, and the number of packets that these are part of.
    private let stragglers: UnsafeMutablePointer<Float>
    private var packets: Float = 0
    private let minima: UnsafeMutablePointer<Int64>
    /// The highest bucket of each part of the last half minute; −1: none yet.
    private let heights: UnsafeMutablePointer<Int>
    /// Likewise of stragglers.
    private let stragglerHeights: UnsafeMutablePointer<Int>
    private var currentSlice: Int64 = 0
    private var intervalEnd: MonotonicTime?
    private var largest: Int64 = 0
    private var hasLargest = false
    private var entries = 0
    private var excusedUntil = MonotonicTime.zero

    /// The fastest transit of the window, ns; meaningless before the first packet.
    package private(set) var base: Int64 = 0
    /// ns.
    package private(set) var target = DelayEstimator.initialTarget

    package init() {
        intervals = .allocate(capacity: DelayScale.count)
        intervals.initialize(repeating: 0, count: DelayScale.count)
        stragglers = .allocate(capacity: DelayScale.count)
        stragglers.initialize(repeating: 0, count: DelayScale.count)
        minima = .allocate(capacity: DelayEstimator.slices)
        minima.initialize(repeating: .max, count: DelayEstimator.slices)
        heights = .allocate(capacity: DelayEstimator.parts)
        heights.initialize(repeating: -1, count: DelayEstimator.parts)
        stragglerHeights = .allocate(capacity: DelayEstimator.stragglerParts)
        stragglerHeights.initialize(repeating: -1, count: DelayEstimator.stragglerParts)
    }

    deinit {
        intervals.deallocate()
        stragglers.deallocate()
        minima.deallocate()
        heights.deallocate()
        stragglerHeights.deallocate()
    }

    /// Takes a packet that is newer than all before it.
    /// - Parameter step: by how many numbers; those that were left out count as packets too.
    @_noAllocation @_noLocks
    package mutating func record(transit: Int64, arrival: MonotonicTime, step: Int64) {
        see(transit: transit, arrival: arrival)
        closeInterval(at: arrival)
        packets += Float(Int(min(step, 64)))
        guard arrival.nanoseconds >= excusedUntil.nanoseconds else { return }
        largest = max(largest, transit - base)
        hasLargest = true
    }

    /// Takes a packet that came after later ones, or the first that was seen of a lost packet's content.
    @_noAllocation @_noLocks
    package mutating func recordStraggler(transit: Int64, arrival: MonotonicTime) {
        guard arrival.nanoseconds >= excusedUntil.nanoseconds else { return }
        let bucket = DelayScale.bucket(of: transit - base)
        stragglers[bucket] += 1
        let part = entries / DelayEstimator.intervalsPerPart % DelayEstimator.stragglerParts
        stragglerHeights[part] = max(stragglerHeights[part], bucket)
    }

    /// The machine that plays stood still: what arrives before `moment` tells nothing of the path.
    @_noAllocation @_noLocks
    package mutating func excuse(until moment: MonotonicTime) {
        excusedUntil = moment
    }

    /// The path begins anew (another sender, another clock): forgets the base, keeps what was learned of the jitter.
    @_noAllocation @_noLocks
    package mutating func restart() {
        for index in 0..<DelayEstimator.slices { minima[index] = .max }
        intervalEnd = nil
        hasLargest = false
        largest = 0
    }

    @_noAllocation @_noLocks
    private mutating func see(transit: Int64, arrival: MonotonicTime) {
        advanceWindow(to: arrival)
        let index = Int(currentSlice % Int64(DelayEstimator.slices))
        minima[index] = min(minima[index], transit)
        base = fastest()
    }

    @_noAllocation @_noLocks
    private mutating func closeInterval(at arrival: MonotonicTime) {
        if let end = intervalEnd {
            guard arrival.nanoseconds >= end.nanoseconds else { return }
            if hasLargest { enter(largest) }
        }
        largest = 0
        hasLargest = false
        intervalEnd = arrival.later(by: DelayEstimator.interval)
    }

    @_noAllocation @_noLocks
    private mutating func advanceWindow(to arrival: MonotonicTime) {
        let now = arrival.nanoseconds / DelayEstimator.slice
        guard now > currentSlice else { return }
        for passed in 0..<min(now - currentSlice, Int64(DelayEstimator.slices)) {
            minima[Int((now - passed) % Int64(DelayEstimator.slices))] = .max
        }
        currentSlice = now
    }

    @_noAllocation @_noLocks
    private func fastest() -> Int64 {
        var fastest = Int64.max
        for index in 0..<DelayEstimator.slices { fastest = min(fastest, minima[index]) }
        return fastest
    }

    @_noAllocation @_noLocks
    private mutating func enter(_ delay: Int64) {
        entries += 1
        // At first all entries weigh the same, so that one spike early in a call does not rule the next minute.
        let weight = max(1 - DelayEstimator.forgetting, 1 / Float(entries))
        for index in 0..<DelayScale.count {
            intervals[index] *= 1 - weight
            stragglers[index] *= DelayEstimator.stragglerForgetting
        }
        packets *= DelayEstimator.stragglerForgetting
        let bucket = DelayScale.bucket(of: delay)
        intervals[bucket] += weight
        let part = entries / DelayEstimator.intervalsPerPart % DelayEstimator.parts
        if entries % DelayEstimator.intervalsPerPart == 0 {
            heights[part] = -1
            stragglerHeights[entries / DelayEstimator.intervalsPerPart % DelayEstimator.stragglerParts] = -1
        }
        heights[part] = max(heights[part], bucket)
        guard entries >= DelayEstimator.fewestEntries else { return }
        // One entry alone is never believed, however few there are: the first packets of a call often come in a heap.
        let best = cheapest(forgiving: weight > 0.04 ? 1.01 * weight : 0)
        // Up at once, down by a quarter of the way (two seconds): the estimate wavers, and a delay that follows each dip is
        // too short at the next peak. In the beginning it is on its way from a guess to what it is, and goes straight.
        let isSettled = entries >= DelayEstimator.settledEntries
        target = isSettled ? max(best, target - max((target - best) / 4, 1_000_000)) : best
    }

    /// The delay at which lost sound and waiting cost least together. From the longest delay downwards, so that what
    /// would be late is a running sum.
    /// - Parameter forgiven: weight of the longest intervals that does not count.
    @_noAllocation @_noLocks
    private func cheapest(forgiving forgiven: Float) -> Int64 {
        var forgiven = forgiven
        var best = DelayScale.edge(0)
        var bestCost = Float.infinity
        // Of the intervals above: their weight, and their weight times their length in ms.
        var weight: Float = 0
        var length: Float = 0
        var late: Float = 0
        // Repairs that would be late with the delay that there is now, and the best that does as well for them.
        var presentlyLate: Float?
        var serving = target
        var servingCost = Float.infinity
        // Of the delay that there is now.
        var presentCost = Float.infinity
        let scale = 100 / max(packets, 50)
        var highest = -1
        for part in 0..<DelayEstimator.parts { highest = max(highest, heights[part]) }
        var highestStraggler = -1
        for part in 0..<DelayEstimator.stragglerParts {
            highestStraggler = max(highestStraggler, stragglerHeights[part])
        }
        var bucket = DelayScale.count - 1
        while bucket >= 0 {
            let delay = Float(Int(DelayScale.edge(bucket))) / 1e6
            let missing = max(length - weight * (delay - DelayEstimator.seam), 0) / 5 + late * scale
            let waiting =
                DelayEstimator.price * delay + DelayEstimator.surcharge * max(delay - DelayEstimator.knee, 0)
            let cost = waiting + 95 * missing / (missing + 10)
            if DelayScale.edge(bucket) <= target {
                let bearable = (presentlyLate ?? late) + DelayEstimator.fewestRepairs
                if presentlyLate == nil {
                    presentlyLate = late
                    presentCost = cost
                }
                if late <= bearable, cost < servingCost {
                    servingCost = cost
                    serving = DelayScale.edge(bucket)
                }
            }
            if cost < bestCost {
                bestCost = cost
                best = DelayScale.edge(bucket)
            }
            if bucket <= highest {
                let taken = min(forgiven, intervals[bucket])
                forgiven -= taken
                weight += intervals[bucket] - taken
                length += (intervals[bucket] - taken) * delay
            }
            if bucket <= highestStraggler { late += stragglers[bucket] }
            bucket -= 1
        }
        if best < serving, servingCost - bestCost < DelayEstimator.inertia { return serving }
        if best < target, target > DelayEstimator.restless, presentCost - bestCost < DelayEstimator.slightGain {
            return target
        }
        return best
    }
}
