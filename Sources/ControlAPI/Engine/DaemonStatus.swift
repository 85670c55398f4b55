import JSONRPC
import Transport
import VoiceEngine

/// Puts `status` together from what is in memory: the daemon's own facts, the engine's snapshot, the room server's
/// counts.
package struct DaemonStatus: Sendable {
    package let version: String
    package let log: EventLog
    package let engines: EngineController
    /// The `server` part of the status.
    package let server: @Sendable () -> JSONObject
    private let startTime: MonotonicTime

    package init(
        version: String, log: EventLog, engines: EngineController, startTime: MonotonicTime = .now(),
        server: @escaping @Sendable () -> JSONObject
    ) {
        self.version = version
        self.log = log
        self.engines = engines
        self.startTime = startTime
        self.server = server
    }

    /// Whole seconds since the start of the daemon.
    package var uptimeSeconds: Int64 { MonotonicTime.now().nanoseconds(since: startTime) / 1_000_000_000 }

    /// The status now.
    package func status() -> JSONObject { log.status(from: source) }

    /// The status from memory and how far it goes, for the log.
    package var source: StatusSource { { base() } }

    private func base() -> StatusBase {
        let engine = engines.snapshot
        var status: JSONObject = [
            "instance": .string(log.instance), "seq": 0, "version": .string(version),
            "uptimeSeconds": .integer(uptimeSeconds),
        ]
        if let engine {
            status = status.merging(engine.json)
        } else {
            status["engine"] = ["state": .string(engines.stateWithoutEngine)]
            for list in ["rooms", "publishers", "players", "recordings"] { status[list] = [] }
        }
        status["server"] = .object(server())
        // Without an engine there is nothing that events could add.
        return StatusBase(status: status, lastSeq: engine?.lastSeq ?? .max)
    }
}
