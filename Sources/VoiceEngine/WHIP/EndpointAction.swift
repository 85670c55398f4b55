/// What an ``EndpointSession`` wants done, in order. Where an outcome is named, the session waits to be told of it.
package enum EndpointAction: Sendable, Equatable {
    /// Make a transport: ``EndpointSession/opened(now:)`` or ``EndpointSession/notOpened(reason:now:)``.
    case open
    /// Make the offer: ``EndpointSession/described(_:isComplete:now:)`` or ``EndpointSession/notOpened(reason:now:)``.
    case offer
    /// Send this: ``EndpointSession/received(_:to:now:)`` or ``EndpointSession/failed(_:reason:isRefused:now:)``.
    case send(EndpointRequest)
    /// Apply the server's answer: ``EndpointSession/applied(now:)`` or ``EndpointSession/notApplied(reason:now:)``.
    case apply(answer: String)
    /// Make a new transport and answer the server's offer on it: ``EndpointSession/described(_:isComplete:now:)`` or
    /// ``EndpointSession/notApplied(reason:now:)``.
    case answer(offer: String)
    /// Let the transport use these servers, too.
    case use([LinkedICEServer])
    /// Put these local candidates into a fragment: ``EndpointSession/made(fragment:now:)``.
    case makeFragment(candidates: [String], isComplete: Bool)
    /// Take the server's candidates from a fragment.
    case addCandidates(fragment: String)
    /// Begin an ICE restart: ``EndpointSession/restarting(fragment:now:)``.
    case restartICE
    /// Go on with it: the server's side of the restart. ``EndpointSession/restartNotApplied(now:)`` if that fails.
    case applyRestart(fragment: String)
    /// The restart has come to nothing.
    case rollBackRestart
    /// The server has taken the stream, or will send it.
    case accepted
    /// Close the transport.
    case close
    /// The session is over.
    case end(EndpointOutcome)
}
