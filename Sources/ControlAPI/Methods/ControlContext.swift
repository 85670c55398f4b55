import JSONRPC
import Logging

/// What the methods of the control socket work on.
package struct ControlContext: Sendable {
    package let status: DaemonStatus
    package let connectionLimits: ConnectionLimiter.Limits
    package let eventConnectionLimits: ConnectionLimiter.Limits
    /// Prometheus text.
    package let metrics: @Sendable () -> String
    /// Re-reads the configuration; what came of it, as the result of `reload`.
    package let reload: @Sendable () async throws -> JSONObject
    /// Keeps what is to be taken up again after a restart; nil keeps nothing.
    package var keeper: CallKeeper?
    /// Sets the level of the daemon's log.
    package let setLogLevel: @Sendable (Logger.Level) -> Void

    package init(
        status: DaemonStatus, connectionLimits: ConnectionLimiter.Limits = .control,
        eventConnectionLimits: ConnectionLimiter.Limits = .events, keeper: CallKeeper? = nil,
        metrics: @escaping @Sendable () -> String,
        reload: @escaping @Sendable () async throws -> JSONObject,
        setLogLevel: @escaping @Sendable (Logger.Level) -> Void
    ) {
        self.status = status
        self.connectionLimits = connectionLimits
        self.eventConnectionLimits = eventConnectionLimits
        self.keeper = keeper
        self.metrics = metrics
        self.reload = reload
        self.setLogLevel = setLogLevel
    }

    var log: EventLog { status.log }
    var engines: EngineController { status.engines }

    /// The engine that a call works on; see ``EngineController/engine()``.
    nonisolated(nonsending) func engine() async throws -> any EngineControlling { try await engines.engine() }
}
