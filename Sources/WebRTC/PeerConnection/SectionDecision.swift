/// What the answering side does with an offered audio section.
package enum SectionDecision: Hashable, Sendable {
    /// Accept the section, but no media either way.
    case inactive
    /// Receive what the offerer sends (`a=recvonly`).
    case receive
    /// Send one stream to the offerer (`a=sendonly`).
    case send(LocalTrack)
    /// Refuse the section (port 0). A section that carries the bundle cannot be refused; it becomes inactive.
    case reject
}
