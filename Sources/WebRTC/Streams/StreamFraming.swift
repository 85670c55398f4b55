import RTP

/// How messages follow each other on a TCP connection.
package enum StreamFraming: Hashable, Sendable {
    /// Each behind its length in two bytes (RFC 4571; ICE-TCP, RFC 6544 section 10.1).
    case rfc4571
    /// STUN messages and ChannelData, which tell their lengths themselves (RFC 8656, sections 3.1 and 12.5).
    case turn

    /// What stands at the head of some bytes.
    package enum Frame: Hashable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// A message of `length` bytes from `offset` on; the next one begins at `total`.
        case message(offset: Int, length: Int, total: Int)
        /// Nothing that this side would ever take: the connection is of no use.
        case malformed
    }

    /// Longer messages are malformed: no datagram of WebRTC is so long.
    package static let maximumMessage = PeerConnection.maximumDatagramLength

    package func frame(in bytes: UnsafeRawBufferPointer) -> Frame {
        switch self {
        case .rfc4571:
            guard bytes.count >= 2 else { return .incomplete }
            return Self.frame(in: bytes, offset: 2, length: Int(bytes.bigEndianUInt16(at: 0)))
        case .turn:
            guard bytes.count >= 4 else { return .incomplete }
            let length = Int(bytes.bigEndianUInt16(at: 2))
            switch bytes[0] {
            case 0...3:
                guard length % 4 == 0 else { return .malformed }
                return Self.frame(in: bytes, offset: 0, length: STUNMessage.headerLength + length)
            case 64...79:
                return Self.frame(in: bytes, offset: 0, length: ChannelData.headerLength + (length + 3) & ~3)
            default:
                return .malformed
            }
        }
    }

    private static func frame(in bytes: UnsafeRawBufferPointer, offset: Int, length: Int) -> Frame {
        guard length <= maximumMessage else { return .malformed }
        return bytes.count >= offset + length
            ? .message(offset: offset, length: length, total: offset + length) : .incomplete
    }
}
