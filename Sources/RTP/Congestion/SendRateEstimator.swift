/// How many bits per second a path takes, by what transport-wide feedback tells of the packets that went over it. A plain
/// value: what arrived and what was lost goes in, ``limit`` comes out.
///
/// It looks at a *window* at a time: a quarter of a second, and eight packets at least. Three things are told apart:
///
/// **A queue that grows before a bottleneck.** The transit of a packet, arrival minus sending, is only known up to the
/// offset of two clocks; the smallest of the last half minute is the *base*. The smallest transit of a window above the
/// base is a queue that *stands*: a jittery path lets some packet of a window through at once, a full one none. Over
/// 30 ms in two windows the rate falls to 85 % of what arrived (60 % when 200 ms wait already), so that the queue drains;
/// while it drains, nothing changes. Then the rate rises again, slowly where the bottleneck was found last.
///
/// **A path that has become longer** looks the same at first. But its queue does not drain: when three decreases have not
/// moved it, and little was lost meanwhile, its transit is the new base and the rate is what it was.
///
/// **Loss** alone is no sign of a full path: radio loses packets however few there are. From 10 % on it is tried out (``LossTrial``):
/// some seconds of less. A path that drops what is over its rate loses less then, by a share that follows from how much less
/// was sent; a path that loses at random does not, and is left alone for half a minute, then for twice as long.
///
/// The rate rises to the caller's demand only; there it ends to limit anything. Drift of the clocks does not matter: 200
/// millionths are 6 ms in the half minute.
package struct SendRateEstimator: Sendable {
    private static let windowNanoseconds: Int64 = 250_000_000
    private static let windowPackets = 8
    /// A queue, ns.
    private static let standing: Int64 = 30_000_000
    private static let deep: Int64 = 200_000_000
    private static let decreasesUntilLonger = 3
    private static let bucketNanoseconds: Int64 = 3_000_000_000
    private static let buckets = 10
    private static let noTransit = Int64.max
    /// Nothing was sent for so long: what comes behind it is another window.
    private static let longestPause: Int64 = 1_000_000_000
    /// A far end whose clock seems to be further away than this from where it was does not tell the truth, or was stopped
    /// meanwhile: an hour. Every time that follows from its arrivals is bounded by it.
    private static let farthest: UInt64 = 3_600_000_000_000

    private struct Window: Sendable {
        var firstSent: Int64 = 0
        var lastSent: Int64 = 0
        var firstArrival: Int64 = 0
        var lastArrival: Int64 = 0
        var firstBytes = 0
        var bytes = 0
        var sentBytes = 0
        var arrived = 0
        var lost = 0
        var transit = SendRateEstimator.noTransit

        var packets: Int { arrived + lost }
        /// Bits per second that arrived.
        var delivered: Double? {
            guard arrived > 2, lastArrival > firstArrival else { return nil }
            return Double(bytes - firstBytes) * 8e9 / Double(lastArrival - firstArrival)
        }
    }

    /// Bits per second with all headers that the path is taken to be good for; nil: more than is wanted.
    package private(set) var limit: Double?
    /// ns; how long packets wait before the bottleneck, as far as is known.
    package private(set) var queue: Int64 = 0

    private var window = Window()
    private var lastTicks: Int64?
    /// ns; the clock of the far end, set so that the first packet arrived when it was sent.
    private var arrivalNanoseconds: Int64 = 0
    /// The smallest transit of each of the last ``buckets`` times three seconds.
    private var minima = [Int64](repeating: SendRateEstimator.noTransit, count: SendRateEstimator.buckets)
    private var bucket: Int64?
    private var demand = 0.0
    private var least = 0.0

    // The queue.
    private var decreasedAt = Int64.min / 2
    private var decreases = 0
    private var queueAtFirstDecrease: Int64 = 0
    /// Since the first decrease.
    private var seen = (packets: 0, lost: 0)
    private var limitBeforeDecreases: Double?
    private var holdUntil = Int64.min / 2
    /// The rate at which a bottleneck was met last.
    private var bottleneck: Double?

    // Loss.
    private var trial: LossTrial

    /// After a decrease: what is sent still goes by the old rate.
    private let reaction: Int64

    /// - Parameter reaction: nanoseconds until what is sent goes by another ``limit``: more where somebody else has to
    ///   be told first.
    package init(reaction: Int64 = 150_000_000) {
        self.reaction = reaction
        trial = LossTrial(lag: 2 * reaction)
    }

    /// A packet has arrived; packets in the order in which they were sent.
    ///
    /// - Parameters:
    ///   - sent: ns of the sender's clock.
    ///   - ticks: ``TransportFeedback/Result/arrivalTicks``.
    ///   - bytes: with all headers.
    package mutating func arrived(sent: Int64, ticks: Int64, bytes: Int) {
        if let lastTicks {
            let step = Int64(Int32(truncatingIfNeeded: ticks &- lastTicks))
            arrivalNanoseconds &+= step * TransportFeedback.tickNanoseconds
        } else {
            arrivalNanoseconds = sent
        }
        lastTicks = ticks
        if (arrivalNanoseconds &- sent).magnitude > Self.farthest { beginAnew(at: sent) }
        let arrival = arrivalNanoseconds
        begin(sent)
        if window.arrived == 0 {
            (window.firstArrival, window.lastArrival) = (arrival, arrival)
            window.firstBytes = bytes
        }
        window.lastArrival = max(window.lastArrival, arrival)
        window.arrived += 1
        window.bytes += bytes
        window.sentBytes += bytes
        window.transit = min(window.transit, arrival - sent)
    }

    /// A packet was lost.
    package mutating func lost(sent: Int64, bytes: Int) {
        begin(sent)
        window.lost += 1
        window.sentBytes += bytes
    }

    private mutating func begin(_ sent: Int64) {
        // The pause is none of the packets' time: a rate that counts it is too low.
        if window.packets > 0, sent - window.lastSent > Self.longestPause { window = Window() }
        if window.packets == 0 { window.firstSent = sent }
        window.lastSent = max(window.lastSent, sent)
    }

    /// Nothing is known of the far end's clock.
    private mutating func beginAnew(at sent: Int64) {
        arrivalNanoseconds = sent
        window = Window()
        for index in minima.indices { minima[index] = Self.noTransit }
        (queue, decreases, queueAtFirstDecrease) = (0, 0, 0)
    }

    /// To be called behind each feedback.
    ///
    /// - Parameters:
    ///   - demand: bits per second that the streams would take if they could.
    ///   - least: … that they cannot go below.
    /// - Returns: whether ``limit`` has changed.
    package mutating func settle(demand: Int, least: Int, nowNanoseconds now: Int64) -> Bool {
        self.demand = Double(demand)
        self.least = Double(min(least, demand))
        guard window.lastSent - window.firstSent >= Self.windowNanoseconds, window.packets >= Self.windowPackets else {
            return false
        }
        let before = limit
        judge(now)
        window = Window()
        if let limit { self.limit = limit >= self.demand ? nil : max(limit, self.least) }
        return limit != before
    }

    private mutating func judge(_ now: Int64) {
        let previous = queue
        if decreases > 0 { seen = (seen.packets + window.packets, seen.lost + window.lost) }
        if window.transit != Self.noTransit { measure(now) }
        let current = limit ?? demand
        if let found = trial.judge(
            lost: window.lost, of: window.packets, bytes: window.sentBytes, from: window.firstSent,
            to: window.lastSent, rate: limit ?? .infinity, least: least, now: now)
        {
            limit = found
            if trial.foundBottleneck { bottleneck = found }
            holdUntil = now + 3_000_000_000
            return
        }
        guard !trial.isRunning else { return }
        let length = max(window.lastSent - window.firstSent, 1)
        guard queue > Self.standing, previous > Self.standing * 2 / 3 || queue > Self.standing * 3 else {
            if queue <= Self.standing { decreases = 0 }
            grow(current, over: length, now)
            return
        }
        // It drains.
        guard queue - previous > -length / 25 else { return }
        guard window.firstSent >= decreasedAt + reaction else { return }
        if decreases >= Self.decreasesUntilLonger, seen.lost * 10 <= seen.packets,
            queue < queueAtFirstDecrease * 5 / 4, queue > queueAtFirstDecrease * 3 / 4
        {
            return becomeLonger()
        }
        decrease(current, now)
    }

    private mutating func decrease(_ current: Double, _ now: Int64) {
        if decreases == 0 {
            queueAtFirstDecrease = queue
            seen = (0, 0)
            limitBeforeDecreases = limit
        }
        decreases += 1
        decreasedAt = now
        holdUntil = now + 2_000_000_000
        let delivered = min(window.delivered ?? current, current)
        bottleneck = delivered
        limit = delivered * (queue > Self.deep ? 0.6 : 0.85)
    }

    /// Not a queue: the path.
    private mutating func becomeLonger() {
        for index in minima.indices { minima[index] = Self.noTransit }
        if let bucket { minima[Int(bucket) % Self.buckets] = window.transit }
        queue = 0
        decreases = 0
        bottleneck = nil
        limit = limitBeforeDecreases
    }

    private mutating func grow(_ current: Double, over length: Int64, _ now: Int64) {
        guard limit != nil, now >= holdUntil, queue <= Self.standing, !trial.isSuspicious else { return }
        let isNear = bottleneck.map { current > $0 * 0.8 && current < $0 * 1.2 } ?? false
        // Per second: 4 %, or 16 % where nothing is known against it.
        limit = current * (1 + (isNear ? 0.04 : 0.16) * Double(length) / 1e9)
    }

    private mutating func measure(_ now: Int64) {
        let number = max(now, 0) / Self.bucketNanoseconds
        if let bucket, number - bucket < Int64(Self.buckets) {
            var next = bucket + 1
            while next <= number {
                minima[Int(next) % Self.buckets] = Self.noTransit
                next += 1
            }
        } else {
            for index in minima.indices { minima[index] = Self.noTransit }
        }
        bucket = number
        let index = Int(number) % Self.buckets
        minima[index] = min(minima[index], window.transit)
        queue = window.transit - (minima.min() ?? window.transit)
    }
}
