/// What TCP connections may take from the server.
package struct ConnectionLimits: Sendable {
    /// Milliseconds from the accept to a login (or to the end of a plain HTTP exchange).
    package var unauthenticatedTimeoutMs: Int
    /// Bytes that a connection may send before its login.
    package var unauthenticatedBytes: Int
    /// Connections from one address that have not logged in.
    package var unauthenticatedPerAddress: Int
    /// All connections.
    package var connections: Int
    /// Bytes that wait to be sent on one connection; over it the connection is closed.
    package var outgoingBytes: Int
    /// Milliseconds that a client may take nothing while something waits to be sent.
    package var stalledTimeoutMs: Int
    /// Signalling messages per second that a connection may send, on average over its burst.
    package var messagesPerSecond: Int
    /// Messages at once.
    package var messageBurst: Int

    package init(
        unauthenticatedTimeoutMs: Int = 10_000, unauthenticatedBytes: Int = 65_536,
        unauthenticatedPerAddress: Int = 256, connections: Int = 10_000, outgoingBytes: Int = 1_048_576,
        stalledTimeoutMs: Int = 10_000, messagesPerSecond: Int = 250, messageBurst: Int = 500
    ) {
        self.unauthenticatedTimeoutMs = unauthenticatedTimeoutMs
        self.unauthenticatedBytes = unauthenticatedBytes
        self.unauthenticatedPerAddress = unauthenticatedPerAddress
        self.connections = connections
        self.outgoingBytes = outgoingBytes
        self.stalledTimeoutMs = stalledTimeoutMs
        self.messagesPerSecond = messagesPerSecond
        self.messageBurst = messageBurst
    }
}
