import Transport

/// What a session of the forwarder tells signalling. Called on the worker's thread: take it and return.
package enum ForwarderSessionEvent: Sendable, Equatable {
    /// ICE and DTLS are done (once per session).
    case connected
    /// Nothing was heard from the peer for a while (``ICETimers/liteDisconnectedAfter``); its streams may come back.
    case disconnected
    /// Heard again after ``disconnected``.
    case reconnected
    /// Media moves to another address of the peer (also the first).
    case pathChanged(remote: TransportAddress)
    /// The peer closed DTLS, or was silent for good, or its handshake failed: close the session or let it come back by
    /// an ICE restart.
    case failed(reason: String)
    /// A stream that this session publishes sends: its first RTP packet came, or one after a silence.
    case streamStarted(StreamKey)
    /// A stream that this session publishes is silent (``ForwarderConfiguration/streamSilenceMilliseconds``) or said
    /// BYE. Not told when signalling itself ended it.
    case streamStopped(StreamKey)
}
