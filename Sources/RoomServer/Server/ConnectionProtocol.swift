/// What a TCP connection to the port speaks, told by its first bytes (the protocols of the port have no two beginnings
/// in common): a TLS record of a handshake begins with 0x16, ICE-TCP with a length and a STUN header (RFC 6544, section
/// 10.1; RFC 4571, section 2), and everything else is HTTP, or is answered by it.
package enum ConnectionProtocol: Hashable, Sendable {
    case tls
    case iceTCP
    case http

    /// The most that is ever needed to tell: the length and the STUN header up to its magic cookie.
    package static let decisiveBytes = 10

    /// The content type of a TLS record with a handshake message (RFC 8446, section 5.1).
    private static let handshakeRecord: UInt8 = 0x16
    /// Every STUN message begins with this many bytes (RFC 8489, section 5).
    private static let stunHeaderBytes = 20
    /// A connectivity check is far smaller; a larger length is no frame that could come first. It also sets the frames
    /// apart from TLS and from all text, whose first byte is larger than that of such a length.
    private static let maximumFrameBytes = 2047
    private static let magicCookie: [UInt8] = [0x21, 0x12, 0xA4, 0x42]

    /// - Parameter bytes: all that came so far.
    /// - Returns: nil while more is needed to tell. What has been told holds, whatever comes behind.
    package init?(firstBytes bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.decisiveBytes))
        guard let first = bytes.first else { return nil }
        if first == Self.handshakeRecord {
            self = .tls
        } else if !Self.mayBeSTUN(bytes) {
            self = .http
        } else if bytes.count == Self.decisiveBytes {
            self = .iceTCP
        } else {
            return nil
        }
    }

    /// Whether the bytes can be the beginning of a frame with a STUN message.
    private static func mayBeSTUN(_ bytes: [UInt8]) -> Bool {
        guard Int(bytes[0]) <= maximumFrameBytes >> 8 else { return false }
        if bytes.count >= 2 {
            guard stunHeaderBytes...maximumFrameBytes ~= number(bytes, at: 0) else { return false }
        }
        // The two upper bits of the type are zero.
        if bytes.count >= 3 { guard bytes[2] & 0xC0 == 0 else { return false } }
        // The frame holds the message and nothing else, whose attributes are padded to four bytes.
        if bytes.count >= 6 {
            let length = number(bytes, at: 4)
            guard length % 4 == 0, length + stunHeaderBytes == number(bytes, at: 0) else { return false }
        }
        return zip(bytes.dropFirst(6), magicCookie).allSatisfy { $0 == $1 }
    }

    private static func number(_ bytes: [UInt8], at index: Int) -> Int {
        Int(bytes[index]) << 8 | Int(bytes[index + 1])
    }
}
