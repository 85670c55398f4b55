/// What the offering side wants of a section (an m-line).
package enum SectionUse: Hashable, Sendable {
    /// Nothing at present: a spare section, or one that was freed. It stays in the SDP and is used again.
    case inactive
    /// Send one stream (`a=sendonly`).
    case publish(LocalTrack)
    /// Receive one stream (`a=recvonly`).
    case play
    /// Go on with a stream that is received, but without its packets for now (`a=inactive`).
    case hold
}
