import JSONRPC
import Logging
import RoomModel
import VoiceEngine

/// The methods of a socket by name. Its ``dispatch(_:context:connection:lastSeq:)`` is the only way to them.
package struct Catalogue<Context: Sendable>: Sendable {
    /// In the order in which they are published.
    package let methods: [Method<Context>]
    private let byName: [String: Method<Context>]
    let logger: Logger
    /// Told of every call that succeeded, or goes on beyond its wait (then without a reply), before it is answered; only of
    /// methods that mean something for a restart.
    var remember: (@Sendable (Method<Context>.Call, Method<Context>, Reply?) async -> Void)?

    package init(methods: [Method<Context>], logger: Logger) {
        self.methods = methods
        self.logger = logger
        var byName: [String: Method<Context>] = [:]
        for method in methods {
            for name in [method.name] + method.aliases {
                precondition(byName[name] == nil, "the method \(name) is in the catalogue twice")
                byName[name] = method
            }
        }
        self.byName = byName
    }

    /// The method of a name or alias.
    package func method(named name: String) -> Method<Context>? { byName[name] }

    /// Checks a request and calls its method: nothing happens unless name and parameters are right.
    ///
    /// Runs on the caller's executor up to the method's first suspension, so that calls start in the order in which
    /// this is called.
    package nonisolated(nonsending) func dispatch(
        _ request: JSONRPCRequest, context: Context, connection: any ConnectionFace
    ) async -> Result<Reply, JSONRPCError> {
        guard let method = byName[request.method] else { return .failure(unknownMethod(request.method)) }
        let params: JSONObject
        switch request.params {
        case nil: params = [:]
        case .object(let object): params = object
        case .some(let other):
            return .failure(
                .invalidParams(JSONShapeError(path: "params", expected: "object", got: other.kind)))
        }
        do {
            try Schema.check(params, members: method.parameters, path: "")
            let call = Method<Context>.Call(context: context, params: params, connection: connection)
            return .success(try await run(method, call))
        } catch {
            return .failure(rpcError(error, method: method.name))
        }
    }

    private nonisolated(nonsending) func run(
        _ method: Method<Context>, _ call: Method<Context>.Call
    ) async throws -> Reply {
        guard method.memory != .none, let remember else { return try await method.handler(call) }
        do {
            let reply = try await method.handler(call)
            await remember(call, method, reply)
            return reply
        } catch {
            if Self.holds(method.memory, despite: error) { await remember(call, method, nil) }
            throw error
        }
    }

    private static var deviceErrors: Set<ZegoErrorCode> {
        [.deviceGeneric, .deviceInvalidID, .deviceNoAuthorization, .deviceInUse]
    }

    /// Whether a call that was answered with an error is still what its caller wants.
    private static func holds(_ memory: CallMemory, despite error: any Error) -> Bool {
        switch memory {
        // A room that is only waiting to be entered again is not there to be left, but nobody wants it any more.
        case .leavesRooms: true
        // A device that did not open is the one in use all the same.
        case .device: (error as? ZegoError).map { deviceErrors.contains($0.code) } ?? false
        default: error is WaitExpired
        }
    }

    private func unknownMethod(_ name: String) -> JSONRPCError {
        let suggestion = Suggestion.nearest(to: name, among: byName.keys.sorted())
        var data: JSONObject = ["name": "METHOD_NOT_FOUND"]
        if let suggestion { data["suggestion"] = .string(suggestion) }
        data["hint"] = "rpc.discover lists the methods"
        // The name is given back only as far as a person wants to read it.
        let shown = name.count > 60 ? "\(name.prefix(60))…" : name
        return JSONRPCError(
            code: JSONRPCError.Code.methodNotFound,
            message: "Method not found: \(shown)" + (suggestion.map { "; did you mean \($0)?" } ?? ""), data: data)
    }

    private func rpcError(_ error: any Error, method: String) -> JSONRPCError {
        switch error {
        case let error as JSONRPCError: return error
        case let error as JSONShapeError: return .invalidParams(error)
        case let error as ZegoError: return error.rpcError
        case let error as WaitExpired: return ControlError.waitedLongEnough(lastSeq: error.lastSeq)
        case is CancellationError: return ControlError.shuttingDown
        default:
            logger.error("\(method) failed: \(error)")
            return ControlError.internalError
        }
    }
}
