/// What a datagram is by its first bytes (RFC 7983, section 7; RFC 5761, section 4 for RTP against RTCP).
@frozen
package enum DatagramKind: Sendable {
    case stun
    case dtls
    case rtp
    case rtcp
    case unknown

    @inlinable
    package init(_ datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= 2 else {
            self = .unknown
            return
        }
        switch datagram[0] {
        case 0...3: self = .stun
        case 20...63: self = .dtls
        case 128...191: self = 192...223 ~= datagram[1] ? .rtcp : .rtp
        default: self = .unknown
        }
    }
}
