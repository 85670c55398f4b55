import Transport

/// Whether what the way to a peer takes is in doubt, so that its packets are numbered transport-wide and it tells when each
/// came: in the first seconds, because a line that is thin is thin from the start; and from when its reports tell of loss, or
/// of a round trip that has grown, until half a minute has passed without. What is beyond doubt costs nothing.
package struct DownlinkDoubt {
    private static let introduction: Int64 = 8_000
    private static let memory: Int64 = 30_000
    /// The share that is lost.
    private static let loss = 0.02
    /// By how much the round trip has grown.
    private static let growth: Int64 = 60_000_000
    /// The shortest round trip is that of the last one to two of these.
    private static let span: Int64 = 60_000
    /// How long a peer that answers nothing is left alone.
    private static let deafness: Int64 = 60_000

    private var until = MonotonicTime.zero
    private var notBefore = MonotonicTime.zero
    package private(set) var isIntroduced = false
    private var shortest = Int64.max
    private var shortestBefore = Int64.max
    private var spanEnd = MonotonicTime.zero

    package init() {}

    package func holds(now: MonotonicTime) -> Bool { now < until && now >= notBefore }

    /// The first packet goes to the peer.
    package mutating func introduce(now: MonotonicTime) {
        guard !isIntroduced else { return }
        isIntroduced = true
        until = max(until, now.advanced(byMilliseconds: Self.introduction))
    }

    /// Something speaks for it that the way is full, or lossy.
    package mutating func raise(now: MonotonicTime) { until = now.advanced(byMilliseconds: Self.memory) }

    /// What is lost of a stream, smoothed.
    package mutating func noteLoss(_ share: Double, now: MonotonicTime) {
        if share >= Self.loss { raise(now: now) }
    }

    /// The round trip by a receiver report, in nanoseconds.
    package mutating func noteRoundTrip(_ roundTrip: Int64, now: MonotonicTime) {
        if now >= spanEnd {
            (shortestBefore, shortest) = (shortest, .max)
            spanEnd = now.advanced(byMilliseconds: Self.span)
        }
        shortest = min(shortest, roundTrip)
        if roundTrip - min(shortest, shortestBefore) > Self.growth { raise(now: now) }
    }

    /// The peer is none that tells what came.
    package mutating func becomeDeaf(now: MonotonicTime) { notBefore = now.advanced(byMilliseconds: Self.deafness) }
}
