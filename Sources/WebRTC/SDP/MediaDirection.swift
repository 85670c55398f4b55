/// The direction of media in a section (RFC 8866, section 6.7), from the point of view of whoever says it.
package enum MediaDirection: String, Sendable, CaseIterable {
    case sendrecv
    case sendonly
    case recvonly
    case inactive

    package init(sends: Bool, receives: Bool) {
        self = sends ? (receives ? .sendrecv : .sendonly) : (receives ? .recvonly : .inactive)
    }

    package var sends: Bool { self == .sendrecv || self == .sendonly }
    package var receives: Bool { self == .sendrecv || self == .recvonly }

    /// The same flow of media as the other side calls it.
    package var reversed: MediaDirection { MediaDirection(sends: receives, receives: sends) }
}
