import Transport

/// What the media thread tells the engine.
enum MediaEvent: Sendable {
    /// ICE and DTLS are done, or a path works again: media can flow.
    case connected
    /// The path does not answer; media is still sent, an ICE restart may help.
    case disconnected
    /// Nothing is sent any more; an ICE restart is needed.
    case failed(String)
    /// DTLS is over: only a new transport helps.
    case closed(String)
    /// Media moves to these addresses; by a relay, the local one is that which it has given us.
    case path(local: TransportAddress, remote: TransportAddress, transport: NetworkTransport)
    /// A TCP connection, to the room server or to a TURN server, could not be made or has broken.
    case streamFailed(remote: TransportAddress, reason: String)
    /// A candidate to be trickled; nil at their end.
    case candidate(String?)
    /// The first packet of a demand has left.
    case firstSent(token: UInt64, at: MonotonicTime)
    /// Packets of a demand arrive: told for the first one, then about twice a second.
    case receiving(token: UInt64, at: MonotonicTime)
    /// Interfaces or addresses of the machine have changed.
    case networkChanged
}
