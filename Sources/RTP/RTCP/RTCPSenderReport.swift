/// A sender report (RFC 3550 section 6.4.1).
package struct RTCPSenderReport {
    /// Who reports.
    package let ssrc: UInt32
    /// When the report was sent.
    package let ntpTime: NTPTime
    /// The same moment in the stream's timestamp units.
    package let rtpTimestamp: UInt32
    /// Packets sent since the beginning, modulo 2³².
    package let packetCount: UInt32
    /// Payload bytes sent since the beginning, modulo 2³².
    package let octetCount: UInt32
    /// What the sender receives itself.
    package let reportBlocks: RTCPReportBlocks

    /// Reads the packet body behind the common header.
    init?(body: UnsafeRawBufferPointer, count: Int) {
        let blocks = count * RTCPReportBlock.length
        guard body.count >= 24 + blocks else { return nil }
        ssrc = body.bigEndianUInt32(at: 0)
        ntpTime = NTPTime(body.bigEndianUInt64(at: 4))
        rtpTimestamp = body.bigEndianUInt32(at: 12)
        packetCount = body.bigEndianUInt32(at: 16)
        octetCount = body.bigEndianUInt32(at: 20)
        reportBlocks = RTCPReportBlocks(body.part(24, blocks))
    }
}
