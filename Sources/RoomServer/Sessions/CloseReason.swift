/// Why the server closes a WebSocket (RFC 6455, section 7.4; 4000 and up are ours).
package enum CloseReason: Hashable, Sendable {
    /// The server stops.
    case goingAway
    /// The client breaks the protocol or its limits.
    case policy(String)
    /// The session went on in a newer connection.
    case resumedElsewhere
    /// The user was kicked out; `kickOut` said why.
    case kickedOut
    /// Nothing was heard for three ping intervals.
    case silent

    /// The close code.
    package var code: UInt16 {
        switch self {
        case .goingAway: 1001
        case .policy: 1008
        case .resumedElsewhere: 4000
        case .kickedOut: 4001
        case .silent: 4002
        }
    }

    /// The text of the close frame, for people.
    package var text: String {
        switch self {
        case .goingAway: "the server stops"
        case .policy(let reason): reason
        case .resumedElsewhere: "the session went on in another connection"
        case .kickedOut: "kicked out"
        case .silent: "nothing heard for three ping intervals"
        }
    }
}
