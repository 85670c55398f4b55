import Transport

/// Learns from the arrival of packets how long a packet must be able to wait so that (almost) none comes too late.
///
/// *Transit* is arrival minus RTP time: it contains the unknown offset of two clocks, so only differences count. The
/// fastest transit of the last two seconds is the base; a packet's *relative delay* is how much slower it was. Every
/// half second the largest relative delay goes into a histogram of 5 ms buckets that forgets (0.983 per entry, half a
/// minute or so); the target is where 96 % of the weight lies below. Sampling the largest of an interval, not every
/// packet, is what guards against rare spikes: a spike counts as much as 25 quiet packets.
package struct DelayEstimator: ~Copyable {
    package static var bucket: Int64 { @_noAllocation @_noLocks get { 5_000_000 } }
    private static var bucketCount: Int { 256 }
    private static var interval: Int64 { 500_000_000 }
    /// The weight that may lie above the target.
    private static var tail: Float { 0.04 }
    /// Entries before the histogram is believed.
    private static var fewestEntries: Int { 3 }
    private static var forgetting: Float { 0.983 }
    /// The window of the base, in slices: exact to a quarter second without remembering each packet.
    private static var slices: Int { 8 }
    private static var slice: Int64 { 250_000_000 }
    /// Until the first interval has been seen.
    package static var initialTarget: Int64 { @_noAllocation @_noLocks get { 40_000_000 } }

    private let histogram: UnsafeMutablePointer<Float>
    private let minima: UnsafeMutablePointer<Int64>
    private var currentSlice: Int64 = 0
    private var intervalEnd: MonotonicTime?
    private var largest: Int64 = 0
    private var entries = 0

    /// The fastest transit of the window, ns; meaningless before the first packet.
    package private(set) var base: Int64 = 0
    /// ns.
    package private(set) var target = DelayEstimator.initialTarget

    package init() {
        histogram = .allocate(capacity: DelayEstimator.bucketCount)
        histogram.initialize(repeating: 0, count: DelayEstimator.bucketCount)
        minima = .allocate(capacity: DelayEstimator.slices)
        minima.initialize(repeating: .max, count: DelayEstimator.slices)
    }

    deinit {
        histogram.deallocate()
        minima.deallocate()
    }

    /// Takes one packet; its relative delay in ns.
    @_noAllocation @_noLocks
    package mutating func record(transit: Int64, arrival: MonotonicTime) -> Int64 {
        advanceWindow(to: arrival)
        let index = Int(currentSlice % Int64(DelayEstimator.slices))
        minima[index] = min(minima[index], transit)
        base = fastest()
        let delay = transit - base

        guard let end = intervalEnd else {
            intervalEnd = arrival.later(by: DelayEstimator.interval)
            largest = delay
            return delay
        }
        if arrival.nanoseconds >= end.nanoseconds {
            enter(largest)
            largest = 0
            intervalEnd = arrival.later(by: DelayEstimator.interval)
        }
        largest = max(largest, delay)
        return delay
    }

    /// The path begins anew (another sender, another clock): forgets the base, keeps what was learned of the jitter.
    @_noAllocation @_noLocks
    package mutating func restart() {
        for index in 0..<DelayEstimator.slices { minima[index] = .max }
        intervalEnd = nil
        largest = 0
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
        let keep = min(DelayEstimator.forgetting, 1 - 1 / Float(entries))
        for index in 0..<DelayEstimator.bucketCount { histogram[index] *= keep }
        let index = min(max(Int(delay / DelayEstimator.bucket), 0), DelayEstimator.bucketCount - 1)
        histogram[index] += 1 - keep

        guard entries >= DelayEstimator.fewestEntries else { return }
        // One entry alone is never believed, however few there are: the first packets of a call often come in a heap.
        let allowed = max(DelayEstimator.tail, 1.01 * (1 - keep))
        var above: Float = 0
        var bucket = DelayEstimator.bucketCount - 1
        while bucket > 0, above + histogram[bucket] <= allowed {
            above += histogram[bucket]
            bucket -= 1
        }
        target = Int64(bucket + 1) * DelayEstimator.bucket
    }
}
