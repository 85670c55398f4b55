import RTP

/// The four bytes before a datagram that goes by a bound channel (RFC 8656, section 12.4).
enum ChannelData {
    static let headerLength = 4
    /// Channel numbers that a client may bind (section 12).
    static let numbers: ClosedRange<UInt16> = 0x4000...0x4FFF

    /// Whether bytes begin with a channel number rather than with STUN (RFC 7983).
    static func isChannelData(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= headerLength && 64...79 ~= bytes[0]
    }

    static func write(channel: UInt16, length: Int, into buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBigEndian(channel, at: 0)
        buffer.storeBigEndian(UInt16(truncatingIfNeeded: length), at: 2)
    }

    /// Nil for a length that the message does not have. Bytes behind it are padding.
    static func read(_ bytes: UnsafeRawBufferPointer) -> (channel: UInt16, length: Int)? {
        guard isChannelData(bytes) else { return nil }
        let length = Int(bytes.bigEndianUInt16(at: 2))
        guard headerLength + length <= bytes.count else { return nil }
        return (bytes.bigEndianUInt16(at: 0), length)
    }
}
