/// The header of an RTP packet (RFC 3550 section 5.1, header extension section 5.3.1): a plain value that knows where
/// extension and payload lie in the packet it was read from.
///
/// Reading trusts nothing: every length is checked against the packet. Nothing allocates.
@frozen
package struct RTPHeader: Equatable, Sendable {
    /// Bytes of the header without contributing sources and extension.
    @inlinable
    package static var fixedLength: Int { @_noAllocation @_noLocks get { 12 } }

    /// The marker bit: for audio, the first packet after silence (RFC 3551 section 4.1).
    package var marker: Bool
    /// 0…127.
    package var payloadType: UInt8
    package var sequenceNumber: UInt16
    /// In units of the payload's clock (Opus: 48 kHz always, RFC 7587 section 4.1).
    package var timestamp: UInt32
    package var ssrc: UInt32

    /// Contributing sources, 0…15; they follow the fixed header.
    package let contributingSourceCount: UInt8
    /// "Defined by profile" of the header extension, 0xBEDE for one-byte elements; 0 without an extension.
    package let extensionProfile: UInt16
    /// Offset of the first byte of the extension's data (behind its four-byte head) in the packet.
    package let extensionOffset: Int
    /// Bytes of the extension's data, a multiple of four; 0 without an extension.
    package let extensionLength: Int
    /// Bytes before the payload: fixed header, contributing sources, extension.
    package let headerLength: Int
    /// Bytes of the payload without padding.
    package let payloadLength: Int

    /// A header to be written: no contributing sources, extension or padding.
    @_noAllocation @_noLocks
    @inlinable
    package init(marker: Bool = false, payloadType: UInt8, sequenceNumber: UInt16, timestamp: UInt32, ssrc: UInt32) {
        self.init(
            marker: marker, payloadType: payloadType, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc,
            contributingSourceCount: 0, extensionProfile: 0, extensionOffset: 0, extensionLength: 0,
            headerLength: RTPHeader.fixedLength, payloadLength: 0)
    }

    /// Reads the header of a whole, plain RTP packet.
    ///
    /// - Returns: nil if it is not version 2, is RTCP by its payload type (RFC 5761 section 4), or if a length points
    ///   outside the packet.
    @_noAllocation @_noLocks
    @inlinable
    package init?(_ packet: UnsafeRawBufferPointer) {
        guard let headerLength = RTPHeader.headerLength(of: packet) else { return nil }
        let first = packet[0]
        let second = packet[1]
        guard !RTPHeader.isRTCP(packet) else { return nil }
        var payloadLength = packet.count - headerLength
        if first & 0x20 != 0 {
            // The last byte counts the padding, itself included.
            guard payloadLength > 0 else { return nil }
            let padding = Int(packet[packet.count - 1])
            guard padding > 0, padding <= payloadLength else { return nil }
            payloadLength -= padding
        }
        let sources = first & 0x0F
        let extensionHead = RTPHeader.fixedLength + 4 * Int(sources)
        let hasExtension = first & 0x10 != 0
        self.init(
            marker: second & 0x80 != 0, payloadType: second & 0x7F, sequenceNumber: packet.bigEndianUInt16(at: 2),
            timestamp: packet.bigEndianUInt32(at: 4), ssrc: packet.bigEndianUInt32(at: 8),
            contributingSourceCount: sources,
            extensionProfile: hasExtension ? packet.bigEndianUInt16(at: extensionHead) : 0,
            extensionOffset: hasExtension ? extensionHead + 4 : 0,
            extensionLength: hasExtension ? headerLength - extensionHead - 4 : 0,
            headerLength: headerLength, payloadLength: payloadLength)
    }

    @_noAllocation @_noLocks
    @inlinable
    init(
        marker: Bool, payloadType: UInt8, sequenceNumber: UInt16, timestamp: UInt32, ssrc: UInt32,
        contributingSourceCount: UInt8, extensionProfile: UInt16, extensionOffset: Int, extensionLength: Int,
        headerLength: Int, payloadLength: Int
    ) {
        self.marker = marker
        self.payloadType = payloadType
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.contributingSourceCount = contributingSourceCount
        self.extensionProfile = extensionProfile
        self.extensionOffset = extensionOffset
        self.extensionLength = extensionLength
        self.headerLength = headerLength
        self.payloadLength = payloadLength
    }

    /// Where the payload lies in the packet, padding excluded.
    @inlinable
    package var payloadRange: Range<Int> {
        @_noAllocation @_noLocks get { headerLength..<headerLength + payloadLength }
    }

    /// Bytes before the payload (fixed header, contributing sources, extension) of a packet whose payload may still be
    /// encrypted, so that its padding cannot be read; nil if it is not RTP or RTCP version 2 or is too short.
    @_noAllocation @_noLocks
    @inlinable
    package static func headerLength(of packet: UnsafeRawBufferPointer) -> Int? {
        guard packet.count >= fixedLength, packet[0] >> 6 == 2 else { return nil }
        var length = fixedLength + 4 * Int(packet[0] & 0x0F)
        guard length <= packet.count else { return nil }
        if packet[0] & 0x10 != 0 {
            guard length + 4 <= packet.count else { return nil }
            length += 4 + 4 * Int(packet.bigEndianUInt16(at: length + 2))
            guard length <= packet.count else { return nil }
        }
        return length
    }

    /// Whether a packet that shares its port with RTP is RTCP: packet types 192…223 (RFC 5761 section 4). Works on
    /// encrypted packets too.
    @_noAllocation @_noLocks
    @inlinable
    package static func isRTCP(_ packet: UnsafeRawBufferPointer) -> Bool {
        packet.count >= 2 && packet[0] >> 6 == 2 && packet[1] >= 192 && packet[1] <= 223
    }

    /// Writes the twelve bytes of the fixed header: no contributing sources, no padding, no extension.
    ///
    /// - Returns: the bytes written, or nil if the buffer is too small.
    @_noAllocation @_noLocks
    @inlinable
    package func write(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard buffer.count >= RTPHeader.fixedLength else { return nil }
        buffer[0] = 0x80
        buffer[1] = (marker ? 0x80 : 0) | (payloadType & 0x7F)
        buffer.storeBigEndian(sequenceNumber, at: 2)
        buffer.storeBigEndian(timestamp, at: 4)
        buffer.storeBigEndian(ssrc, at: 8)
        return RTPHeader.fixedLength
    }

    /// Writes the fixed header and the given extensions, those that `map` has an identifier for.
    ///
    /// - Returns: the bytes written, or nil if the buffer is too small.
    package func write(
        extensions: RTPHeaderExtensions, map: HeaderExtensionMap, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard write(into: buffer) != nil else { return nil }
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[RTPHeader.fixedLength...])
        guard let length = extensions.write(map: map, into: rest) else { return nil }
        if length > 0 { buffer[0] |= 0x10 }
        return RTPHeader.fixedLength + length
    }
}
