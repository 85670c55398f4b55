import RTP

/// Maps a publisher's clock and its RTP timestamps to the server's clock.
///
/// A sender report names one moment in both of the publisher's clocks. Its arrival by our clock is later than its
/// sending by the way through the network, which is never negative: the smallest difference of the last reports is the
/// offset of the clocks, too large by the shortest way. Before the first report, the smallest difference between
/// arrival and timestamp stands in, forgotten at 50 ppm so that drift does not count as delay.
package struct PublisherClock {
    private static let rate: Int64 = 48_000
    private static let window = 16

    private var offsets: [Int64] = []
    private var nextOffset = 0
    /// The moment of ``referenceTimestamp`` by the server's clock; nil before the first packet.
    private var referenceNanoseconds: Int64?
    private var referenceTimestamp: UInt32 = 0

    package init() {
        offsets.reserveCapacity(Self.window)
    }

    /// What to add to the publisher's clock to get the server's; nil before the first sender report.
    private var offset: Int64? { offsets.min() }

    /// Takes a sender report that has just arrived.
    package mutating func senderReport(time: NTPTime, timestamp: UInt32, arrivalUnixNanoseconds: Int64) {
        let sent = time.unixNanoseconds
        let difference = arrivalUnixNanoseconds &- sent
        if offsets.count < Self.window {
            offsets.append(difference)
        } else {
            offsets[nextOffset] = difference
            nextOffset = (nextOffset + 1) % Self.window
        }
        guard let offset else { return }
        referenceNanoseconds = sent &+ offset
        referenceTimestamp = timestamp
    }

    /// A moment of the publisher's clock by the server's; nil before the first sender report.
    package func serverTime(of time: NTPTime) -> NTPTime? {
        offset.map { NTPTime(unixNanoseconds: time.unixNanoseconds &+ $0) }
    }

    /// The moment of `timestamp` by the server's clock, of a packet that has just arrived.
    package mutating func unixNanoseconds(ofTimestamp timestamp: UInt32, arrivalUnixNanoseconds arrival: Int64) -> Int64
    {
        guard let reference = referenceNanoseconds else {
            referenceNanoseconds = arrival
            referenceTimestamp = timestamp
            return arrival
        }
        let samples = Int64(timestamp.serialDistance(from: referenceTimestamp))
        let moment = reference &+ samples * 1_000_000_000 / Self.rate
        guard offsets.isEmpty else { return moment }
        referenceTimestamp = timestamp
        let forgotten = max(0, samples) * 1_000_000_000 / Self.rate / 20_000
        let estimate = min(moment &+ forgotten, arrival)
        referenceNanoseconds = estimate
        return estimate
    }
}
