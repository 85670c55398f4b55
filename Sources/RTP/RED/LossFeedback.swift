/// What the far end of one stream's leg tells of its loss, brought into the one measure that redundancy is chosen by: the
/// share of packets that were lost when they were sent first, whether or not they came when they were sent again.
///
/// There are two sources, and the better one counts:
///
/// - *Transport-wide feedback*, ten times a second, names each packet. The losses of a stream are seen in their order, so
///   the runs in which they come are known. It is believed as long as it comes.
/// - *Receiver reports*, every second or every five, count what has never arrived: what was sent again and came is
///   counted as received. The requests (NACK) that were answered meanwhile are added, and between two reports three of
///   them are enough to be believed at once.
///
/// Every half second of transport-wide feedback, and every report, goes to the ``RedundancyController``. A plain value;
/// nothing allocates after the start.
package struct LossFeedback: Sendable {
    /// Nanoseconds of transport-wide feedback that go into one report to the controller.
    private static let pace: Int64 = 500_000_000
    /// Nanoseconds after which receiver reports count again.
    private static let memory: Int64 = 3_000_000_000
    /// Requests that are believed before the next receiver report, and the nanoseconds that they are gathered for.
    private static let believedRequests: Int64 = 3
    private static let requestPace: Int64 = 1_000_000_000

    package private(set) var controller = RedundancyController()

    // Transport-wide feedback.
    private var arrivals = LossRuns()
    private var arrivalsSince: Int64?
    private var lastArrivals: Int64?

    // Receiver reports.
    private var lastLost: Int32?
    private var lastHighest: UInt32 = 0
    private var lastUnsent: Int64 = 0
    private var carried: Int64 = 0
    private var lastFeed: Int64?
    private var sent: Int64 = 0
    private var requests = LossRuns()
    private var requested = [UInt32](repeating: .max, count: 64)
    private var lastRequested: UInt16?
    /// Packets of the next report that the controller knows of by requests.
    private var told: Int64 = 0

    package init() {}

    // MARK: Transport-wide feedback

    /// What feedback says of the stream's next packet; in the order in which they were sent.
    package mutating func packet(isLost: Bool, nowNanoseconds now: Int64) {
        if arrivalsSince == nil { arrivalsSince = now }
        lastArrivals = now
        arrivals.add(isLost: isLost)
    }

    /// To be called behind each feedback; true when the controller was told something.
    package mutating func settle(nowNanoseconds now: Int64) -> Bool {
        guard let since = arrivalsSince, now - since >= Self.pace, arrivals.expected >= 5 else { return false }
        controller.report(
            lost: arrivals.lost, of: arrivals.expected, runs: arrivals.runs, nowNanoseconds: now)
        arrivals.clear()
        arrivalsSince = nil
        return true
    }

    // MARK: Reports and requests

    /// A packet was sent (not again).
    package mutating func packetSent() { sent += 1 }

    /// A packet is asked for.
    package mutating func packetRequested(_ sequenceNumber: UInt16) {
        let place = Int(sequenceNumber) % requested.count
        guard requested[place] != UInt32(sequenceNumber) else { return }
        requested[place] = UInt32(sequenceNumber)
        requests.lost += 1
        if lastRequested.map({ $0 &+ 1 }) != sequenceNumber { requests.runs += 1 }
        lastRequested = sequenceNumber
    }

    /// To be called now and then; true when the controller was told of packets that were asked for.
    package mutating func settleRequests(nowNanoseconds now: Int64) -> Bool {
        let since = lastFeed ?? now
        if lastFeed == nil { lastFeed = now }
        guard !hearsArrivals(now), requests.lost >= Self.believedRequests, now - since >= Self.requestPace,
            sent >= 25
        else { return false }
        controller.report(lost: requests.lost, of: sent, runs: requests.runs, nowNanoseconds: now)
        told += sent
        requests.clear()
        sent = 0
        lastFeed = now
        return true
    }

    /// A receiver report's block about the stream; true when the controller was told something.
    ///
    /// - Parameter unsent: sequence numbers so far that were never sent on this leg: the receiver takes them for lost.
    package mutating func report(_ block: RTCPReportBlock, unsent: Int64 = 0, nowNanoseconds now: Int64) -> Bool {
        let newlyUnsent = unsent - lastUnsent
        defer {
            lastLost = block.cumulativeLost
            lastHighest = block.highestSequenceNumber
            lastUnsent = unsent
        }
        guard let lastLost else { return false }
        let expected = Int64(Int32(bitPattern: block.highestSequenceNumber &- lastHighest))
        // Another count, as behind a restart of the far end.
        guard expected > 0, expected < 1 << 20 else { return false }
        // What was sent shortly before is in neither count yet: a report with too few losses is made up for by the next.
        let balance = Int64(block.cumulativeLost) - Int64(lastLost) - newlyUnsent + carried
        carried = max(min(balance, 0), -50)
        let missing = max(balance, 0)
        let (lost, runs, fresh) = (missing + requests.lost, requests.runs, expected - told)
        told = 0
        requests.clear()
        sent = 0
        lastFeed = now
        guard !hearsArrivals(now), fresh > 0 else { return false }
        // Runs are known of what was asked for only.
        controller.report(lost: lost, of: fresh, runs: missing == 0 ? runs : 0, nowNanoseconds: now)
        return true
    }

    private func hearsArrivals(_ now: Int64) -> Bool {
        lastArrivals.map { now - $0 < Self.memory } ?? false
    }
}

/// Packets, losses among them, and the uninterrupted runs that these came in.
private struct LossRuns: Sendable {
    var expected: Int64 = 0
    var lost: Int64 = 0
    var runs: Int64 = 0
    private var wasLost = false

    mutating func add(isLost: Bool) {
        expected += 1
        if isLost {
            lost += 1
            if !wasLost { runs += 1 }
        }
        wasLost = isLost
    }

    /// Begins a new count; a run that is under way goes on.
    mutating func clear() {
        expected = 0
        lost = 0
        runs = 0
    }
}
