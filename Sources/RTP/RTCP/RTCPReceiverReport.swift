/// A receiver report (RFC 3550 section 6.4.2).
package struct RTCPReceiverReport {
    /// Who reports.
    package let ssrc: UInt32
    package let reportBlocks: RTCPReportBlocks

    /// Reads the packet body behind the common header.
    init?(body: UnsafeRawBufferPointer, count: Int) {
        let blocks = count * RTCPReportBlock.length
        guard body.count >= 4 + blocks else { return nil }
        ssrc = body.bigEndianUInt32(at: 0)
        reportBlocks = RTCPReportBlocks(body.part(4, blocks))
    }
}
