import Synchronization

/// The connections of the sockets, for the metrics: the sockets exist only after what asks for them.
package final class ConnectionCounts: Sendable {
    private let limiters = Mutex<[ConnectionLimiter]>([])

    package init() {}

    /// Adds the control socket's, then the event socket's.
    package func add(_ limiter: ConnectionLimiter) {
        limiters.withLock { $0.append(limiter) }
    }

    /// The daemon's metrics.
    package func metrics(_ status: DaemonStatus) -> String {
        let counts = limiters.withLock { $0.map(\.count) }
        return MetricsText.daemon(
            status: status, controlConnections: counts.first ?? 0, eventConnections: counts.dropFirst().first ?? 0)
    }
}
