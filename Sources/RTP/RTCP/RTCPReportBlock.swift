/// A report block of a sender or receiver report (RFC 3550 section 6.4.1).
@frozen
package struct RTCPReportBlock: Equatable, Sendable {
    /// Bytes on the wire.
    package static let length = 24

    /// The source that is reported on.
    package var ssrc: UInt32
    /// Packets lost since the last report, in 1/256.
    package var fractionLost: UInt8
    /// Packets lost since the beginning, −2²³…2²³−1; duplicates make it negative.
    package var cumulativeLost: Int32
    /// Cycles of the sequence number in the upper 16 bits, highest number received in the lower.
    package var highestSequenceNumber: UInt32
    /// Interarrival jitter in timestamp units.
    package var jitter: UInt32
    /// ``NTPTime/middle`` of the last sender report, 0 if there was none.
    package var lastSenderReport: UInt32
    /// Time since that report came, in 1/65536 s.
    package var delaySinceLastSenderReport: UInt32

    @inlinable
    package init(
        ssrc: UInt32, fractionLost: UInt8, cumulativeLost: Int32, highestSequenceNumber: UInt32, jitter: UInt32,
        lastSenderReport: UInt32, delaySinceLastSenderReport: UInt32
    ) {
        self.ssrc = ssrc
        self.fractionLost = fractionLost
        self.cumulativeLost = cumulativeLost
        self.highestSequenceNumber = highestSequenceNumber
        self.jitter = jitter
        self.lastSenderReport = lastSenderReport
        self.delaySinceLastSenderReport = delaySinceLastSenderReport
    }

    /// Reads a block; `data` holds at least ``length`` bytes.
    init(_ data: UnsafeRawBufferPointer) {
        ssrc = data.bigEndianUInt32(at: 0)
        fractionLost = data[4]
        cumulativeLost = Int32(bitPattern: data.bigEndianUInt32(at: 4) << 8) >> 8
        highestSequenceNumber = data.bigEndianUInt32(at: 8)
        jitter = data.bigEndianUInt32(at: 12)
        lastSenderReport = data.bigEndianUInt32(at: 16)
        delaySinceLastSenderReport = data.bigEndianUInt32(at: 20)
    }

    /// Writes the block into at least ``length`` bytes.
    func write(into data: UnsafeMutableRawBufferPointer) {
        data.storeBigEndian(ssrc, at: 0)
        let lost = UInt32(bitPattern: min(max(cumulativeLost, -0x80_0000), 0x7F_FFFF)) & 0xFF_FFFF
        data.storeBigEndian(UInt32(fractionLost) << 24 | lost, at: 4)
        data.storeBigEndian(highestSequenceNumber, at: 8)
        data.storeBigEndian(jitter, at: 12)
        data.storeBigEndian(lastSenderReport, at: 16)
        data.storeBigEndian(delaySinceLastSenderReport, at: 20)
    }

    /// The round trip that a block about our own stream shows (RFC 3550 section 6.4.1), in nanoseconds.
    ///
    /// - Parameter arrival: when the report came, by the clock that stamped our sender reports.
    /// - Returns: nil if the other side has not seen a sender report, or if the times make no sense.
    package func roundTripNanoseconds(arrival: NTPTime) -> Int64? {
        guard lastSenderReport != 0 else { return nil }
        let ticks = arrival.middle &- lastSenderReport &- delaySinceLastSenderReport
        // A small negative value is rounding; a large one, or more than a minute, is a wrong report.
        let signed = Int64(Int32(bitPattern: ticks))
        guard signed > -655, signed < 60 * 65536 else { return nil }
        return max(0, signed) * 1_000_000_000 / 65536
    }
}
