/// Writes RTCP packets one behind the other into the caller's buffer: a compound packet, as long as it begins with a
/// report and holds a CNAME (RFC 3550 section 6.1). Nothing allocates.
///
/// Every call returns false, and leaves what was written before as it is, if the packet does not fit.
package struct RTCPWriter {
    let buffer: UnsafeMutableRawBufferPointer
    /// Bytes written so far.
    package private(set) var length = 0
    /// Where the report begins that report blocks go into; nil if the last packet is none.
    private var openReport: Int?

    package init(_ buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
    }

    /// A sender report (RFC 3550 section 6.4.1) without blocks; ``reportBlock(_:)`` adds them.
    package mutating func senderReport(
        ssrc: UInt32, ntpTime: NTPTime, rtpTimestamp: UInt32, packetCount: UInt32, octetCount: UInt32
    ) -> Bool {
        guard let body = begin(type: RTCPPacketType.senderReport, format: 0, bodyLength: 24) else { return false }
        openReport = length
        body.storeBigEndian(ssrc, at: 0)
        body.storeBigEndian(ntpTime.value, at: 4)
        body.storeBigEndian(rtpTimestamp, at: 12)
        body.storeBigEndian(packetCount, at: 16)
        body.storeBigEndian(octetCount, at: 20)
        length += 28
        return true
    }

    /// A receiver report (RFC 3550 section 6.4.2) without blocks; ``reportBlock(_:)`` adds them.
    package mutating func receiverReport(ssrc: UInt32) -> Bool {
        guard let body = begin(type: RTCPPacketType.receiverReport, format: 0, bodyLength: 4) else { return false }
        openReport = length
        body.storeBigEndian(ssrc, at: 0)
        length += 8
        return true
    }

    /// Adds a block to the report that was written last. False if the last packet is no report or has 31 blocks.
    package mutating func reportBlock(_ block: RTCPReportBlock) -> Bool {
        guard let report = openReport, buffer[report] & 0x1F < 31,
            length + RTCPReportBlock.length <= buffer.count
        else { return false }
        block.write(into: buffer.part(length, RTCPReportBlock.length))
        length += RTCPReportBlock.length
        buffer[report] += 1
        buffer.storeBigEndian(UInt16(truncatingIfNeeded: (length - report) / 4 - 1), at: report + 2)
        return true
    }

    /// A source description with one canonical name (RFC 3550 section 6.5.1), of which at most 255 bytes are written.
    package mutating func canonicalName(ssrc: UInt32, _ name: String) -> Bool {
        let count = min(name.utf8.count, 255)
        // SSRC, type, length, name, and one to four zero bytes.
        let bodyLength = (4 + 2 + count + 4) & ~3
        guard let body = begin(type: RTCPPacketType.sourceDescription, format: 1, bodyLength: bodyLength) else {
            return false
        }
        body.storeBigEndian(ssrc, at: 0)
        body[4] = 1
        body[5] = UInt8(truncatingIfNeeded: count)
        var offset = 6
        for byte in name.utf8.prefix(count) {
            body[offset] = byte
            offset += 1
        }
        while offset < bodyLength {
            body[offset] = 0
            offset += 1
        }
        length += 4 + bodyLength
        return true
    }

    /// A BYE for one source (RFC 3550 section 6.6).
    package mutating func goodbye(ssrc: UInt32) -> Bool {
        guard let body = begin(type: RTCPPacketType.goodbye, format: 1, bodyLength: 4) else { return false }
        body.storeBigEndian(ssrc, at: 0)
        length += 8
        return true
    }

    /// A generic NACK (RFC 4585 section 6.2.1). Sequence numbers within 16 of one before them share an item, so give
    /// them in rising order.
    package mutating func genericNACK(
        senderSSRC: UInt32, mediaSSRC: UInt32, missing: UnsafeBufferPointer<UInt16>
    ) -> Bool {
        guard !missing.isEmpty,
            let body = begin(
                type: RTCPPacketType.transportLayerFeedback, format: RTCPPacketType.genericNACK, bodyLength: 12)
        else { return false }
        body.storeBigEndian(senderSSRC, at: 0)
        body.storeBigEndian(mediaSSRC, at: 4)
        let start = length
        var item = start + 12
        var packet = missing[0]
        var mask: UInt16 = 0
        for number in missing.dropFirst() {
            let distance = number &- packet
            if distance == 0 { continue }
            if distance <= 16 {
                mask |= 1 << (distance - 1)
                continue
            }
            guard item + 8 <= buffer.count else { return false }
            buffer.storeBigEndian(packet, at: item)
            buffer.storeBigEndian(mask, at: item + 2)
            item += 4
            packet = number
            mask = 0
        }
        buffer.storeBigEndian(packet, at: item)
        buffer.storeBigEndian(mask, at: item + 2)
        finish(at: start, end: item + 4)
        return true
    }

    /// Writes the common header of a packet whose body has at least `bodyLength` bytes (a multiple of four) and returns
    /// the rest of the buffer from the body on; nil if it does not fit. ``length`` stays as it is.
    mutating func begin(type: UInt8, format: UInt8, bodyLength: Int) -> UnsafeMutableRawBufferPointer? {
        guard length + 4 + bodyLength <= buffer.count else { return nil }
        openReport = nil
        buffer[length] = 0x80 | format
        buffer[length + 1] = type
        buffer.storeBigEndian(UInt16(truncatingIfNeeded: bodyLength / 4), at: length + 2)
        return UnsafeMutableRawBufferPointer(rebasing: buffer[(length + 4)...])
    }

    /// Ends the packet that began at `start`: its length becomes what was written up to `end`.
    mutating func finish(at start: Int, end: Int) {
        buffer.storeBigEndian(UInt16(truncatingIfNeeded: (end - start) / 4 - 1), at: start + 2)
        length = end
    }
}
