import NIOCore

/// What others on any thread may ask of a connection.
struct ConnectionHandle: ConnectionFace {
    let credentials: PeerCredentials?
    let wake: @Sendable () -> Void
    /// New requests are refused from now on.
    let refuse: @Sendable () -> Void
    /// Sends what waits and closes.
    let close: @Sendable () -> Void
}
