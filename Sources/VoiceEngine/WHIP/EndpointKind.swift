/// Which of the two protocols a session speaks.
package enum EndpointKind: String, Sendable {
    /// RFC 9725: publishes.
    case whip
    /// draft-ietf-wish-whep: plays.
    case whep

    /// As a person is told.
    package var name: String { rawValue.uppercased() }
}
