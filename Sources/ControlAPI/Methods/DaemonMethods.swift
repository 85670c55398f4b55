import Glibc
import JSONRPC
import Logging

/// The daemon itself: who it is, how it is, what it can.
enum DaemonMethods {
    static let all: [Method<ControlContext>] = [hello, status, metrics, setLogLevel, reload]

    /// The version of the control API; additions raise the second number.
    static let apiVersion: JSONValue = ["major": 1, "minor": 0]

    private static let hello = Method<ControlContext>(
        "hello", "Who the daemon is, and its limits and features.",
        parameters: [.optional("client", .string(maximumBytes: 200), "who asks, for the log")],
        result: [
            .required("api", .anyObject, "major and minor version of this API"),
            .required("version", .string(), "the daemon's version"),
            .required("pid", .integer(1...Int64.max), "its process"),
            .required("instance", .string(), "random per start"),
            .required("limits", .anyObject, "what a client may do"),
            .required("features", .array(of: .string(), maximumCount: 1000), "what this daemon can"),
        ]
    ) { call in
        let context = call.context
        return Reply([
            "api": apiVersion, "version": .string(context.status.version), "pid": .integer(Int64(getpid())),
            "instance": .string(context.log.instance), "limits": limits(context),
            "features": ["subscribe", "since", "batch", "embedded-server", "file-source", "file-sink"],
        ])
    }

    private static func limits(_ context: ControlContext) -> JSONValue {
        func json(_ limits: ConnectionLimiter.Limits) -> JSONValue {
            ["total": .integer(Int64(limits.total)), "ofOneUser": .integer(Int64(limits.ofOneUser))]
        }
        return [
            "lineBytes": .integer(Int64(LineFramer.defaultMaximumLength)),
            "nesting": .integer(Int64(JSONValue.defaultMaximumDepth)),
            "batch": .integer(Int64(JSONRPCInput.defaultMaximumBatch)),
            "requestsInFlight": .integer(Int64(LineConnectionLimits().requestsInFlight)), "waitSeconds": 120,
            "controlConnections": json(context.connectionLimits),
            "eventConnections": json(context.eventConnectionLimits),
        ]
    }

    private static let status = Method<ControlContext>(
        "status", "Everything, in one object; from memory, at once."
    ) { call in
        let status = call.context.status.status()
        return Reply(status, seq: status["seq"]?.integer.flatMap { UInt64(exactly: $0) })
    }

    private static let metrics = Method<ControlContext>(
        "metrics", "What the daemon counts and measures, as Prometheus text.",
        result: [.required("contentType", .string(), "of the text"), .required("text", .string(), "the exposition")]
    ) { call in
        Reply(["contentType": "text/plain; version=0.0.4; charset=utf-8", "text": .string(call.context.metrics())])
    }

    private static let setLogLevel = Method<ControlContext>(
        "setLogLevel", "Sets the level of the daemon's log until it restarts or reloads.",
        parameters: [
            .required("level", .choice(Logger.Level.allCases.map(\.rawValue)), "the least severe that is logged")
        ]
    ) { call in
        var reader = call.reader
        call.context.setLogLevel(try reader.choice("level", as: Logger.Level.self))
        return Reply()
    }

    private static let reload = Method<ControlContext>(
        "reload", "Re-reads the configuration; a wrong one changes nothing.",
        result: [
            .required("applied", .array(of: .string(), maximumCount: 1000), "keys that took effect"),
            .required("restartNeeded", .array(of: .string(), maximumCount: 1000), "keys that wait for a restart"),
        ]
    ) { call in
        Reply(try await call.context.reload())
    }
}
