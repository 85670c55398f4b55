/// What a receiver knows of one source: sequence validation (RFC 3550 appendix A.1), loss (A.3) and interarrival
/// jitter (A.8), from which it makes its report blocks. A plain value; nothing allocates.
///
/// The packets are taken to be authenticated (SRTP), so that the first one counts and no probation is needed.
package struct ReceptionStatistics: Sendable {
    /// What a packet's sequence number tells.
    package enum Verdict: Sendable {
        /// It comes after all others (perhaps with a gap before it).
        case inOrder
        /// It comes after one that was sent later, or it is a duplicate.
        case late
        /// It is far away from the others: a single one is left out, two in a row mean that the source began anew.
        case implausible
        /// The source began anew with this packet; the statistics begin with it.
        case restarted
    }

    /// A larger step forward is implausible (RFC 3550 MAX_DROPOUT).
    private static let maximumDropout = 3000
    /// A packet may come this much late (RFC 3550 MAX_MISORDER).
    private static let maximumMisorder = 100

    /// Ticks of the RTP timestamp in a second.
    package let clockRate: UInt32

    /// Packets that came, duplicates included.
    package private(set) var received: UInt64 = 0
    /// Highest sequence number with its cycles.
    private var highest: Int64 = 0
    private var base: Int64 = 0
    private var implausibleSuccessor: UInt16?
    private var expectedAtLastReport: Int64 = 0
    private var receivedAtLastReport: UInt64 = 0

    private var lastTransitNanoseconds: Int64 = 0
    private var timestamps = TimestampUnwrapper()
    /// Scaled by 16, in timestamp units (A.8).
    private var scaledJitter: Int64 = 0

    private var lastSenderReport: UInt32 = 0
    private var lastSenderReportArrival: Int64 = 0

    package init(clockRate: UInt32) {
        self.clockRate = clockRate
    }

    /// Takes a packet into account.
    ///
    /// - Parameter arrivalNanoseconds: on any monotonic clock, the same for all calls.
    @discardableResult
    package mutating func receive(sequenceNumber: UInt16, timestamp: UInt32, arrivalNanoseconds: Int64) -> Verdict {
        guard received > 0 else {
            restart(sequenceNumber, timestamp, arrivalNanoseconds)
            return .inOrder
        }
        let distance = sequenceNumber.serialDistance(from: UInt16(truncatingIfNeeded: highest))
        if distance > ReceptionStatistics.maximumDropout || distance < -ReceptionStatistics.maximumMisorder {
            guard implausibleSuccessor == sequenceNumber else {
                implausibleSuccessor = sequenceNumber &+ 1
                return .implausible
            }
            restart(sequenceNumber, timestamp, arrivalNanoseconds)
            return .restarted
        }
        implausibleSuccessor = nil
        received += 1
        guard distance > 0 else { return .late }
        highest += Int64(distance)

        // Jitter is taken from packets in order only: those of the same timestamp or late would only add noise.
        let transit = transitNanoseconds(timestamp, arrivalNanoseconds)
        let change = abs(transit - lastTransitNanoseconds)
        lastTransitNanoseconds = transit
        // A pause of the clock longer than 10 s is no jitter.
        if change < 10_000_000_000 {
            let ticks = change * Int64(clockRate) / 1_000_000_000
            scaledJitter += ticks - ((scaledJitter + 8) >> 4)
        }
        return .inOrder
    }

    /// Notes a sender report of the source, for "last SR" and the delay since then.
    package mutating func senderReport(ntpTime: NTPTime, arrivalNanoseconds: Int64) {
        lastSenderReport = ntpTime.middle
        lastSenderReportArrival = arrivalNanoseconds
    }

    /// Packets that should have come since the beginning.
    package var expected: Int64 { received == 0 ? 0 : highest - base + 1 }

    /// Packets that are missing; negative when there were more duplicates than losses.
    package var cumulativeLost: Int64 { expected - Int64(received) }

    /// Highest sequence number received, with its cycles in the upper 16 bits (modulo 2³²).
    package var highestSequenceNumber: UInt32 { UInt32(truncatingIfNeeded: highest) }

    /// Interarrival jitter in timestamp units.
    package var jitter: UInt32 { UInt32(clamping: scaledJitter >> 4) }

    /// Interarrival jitter in milliseconds.
    package var jitterMilliseconds: Double { Double(scaledJitter) / 16 * 1000 / Double(clockRate) }

    /// The report block about this source for a report sent now; the fraction lost is that since the last call.
    package mutating func makeReportBlock(ssrc: UInt32, nowNanoseconds: Int64) -> RTCPReportBlock {
        let expectedInterval = expected - expectedAtLastReport
        let lostInterval = expectedInterval - Int64(received - receivedAtLastReport)
        expectedAtLastReport = expected
        receivedAtLastReport = received
        let fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : (lostInterval << 8) / expectedInterval
        let delay = max(0, nowNanoseconds - lastSenderReportArrival)
        return RTCPReportBlock(
            ssrc: ssrc, fractionLost: UInt8(clamping: fraction),
            cumulativeLost: Int32(min(max(cumulativeLost, -0x80_0000), 0x7F_FFFF)),
            highestSequenceNumber: highestSequenceNumber, jitter: jitter, lastSenderReport: lastSenderReport,
            delaySinceLastSenderReport: lastSenderReport == 0 ? 0 : ReceptionStatistics.units65536(delay))
    }

    private mutating func restart(_ sequenceNumber: UInt16, _ timestamp: UInt32, _ arrivalNanoseconds: Int64) {
        base = Int64(sequenceNumber)
        highest = base
        received = 1
        implausibleSuccessor = nil
        expectedAtLastReport = 0
        receivedAtLastReport = 0
        timestamps = TimestampUnwrapper()
        lastTransitNanoseconds = transitNanoseconds(timestamp, arrivalNanoseconds)
        scaledJitter = 0
    }

    private mutating func transitNanoseconds(_ timestamp: UInt32, _ arrivalNanoseconds: Int64) -> Int64 {
        let ticks = timestamps.unwrap(timestamp)
        let seconds = ticks / Int64(clockRate)
        let rest = ticks % Int64(clockRate)
        return arrivalNanoseconds &- (seconds * 1_000_000_000 + rest * 1_000_000_000 / Int64(clockRate))
    }

    private static func units65536(_ nanoseconds: Int64) -> UInt32 {
        let seconds = nanoseconds / 1_000_000_000
        let rest = nanoseconds % 1_000_000_000
        return UInt32(clamping: seconds << 16 + rest << 16 / 1_000_000_000)
    }
}
