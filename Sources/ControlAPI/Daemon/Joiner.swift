import JSONRPC
import Logging
import RoomModel
import Transport
import VoiceEngine

/// Keeps the daemon in a room by itself: enters, publishes and plays what is wanted, and tries for ever. Rooms of
/// `[[join]]`, and those that a caller was in before the daemon restarted.
///
/// It gives up on this room, until the daemon restarts, when somebody calls `logoutRoom` for it, when it is kicked
/// out, and when its credentials are refused.
package actor Joiner {
    /// Why a room is left alone.
    private enum Outcome {
        /// Enter again after a while.
        case retry
        case giveUp(String)
    }

    /// A login that was begun: what happens from there on, or why it came to nothing.
    private enum Beginning {
        case begun(AsyncStream<EngineEvent>)
        case failed(Outcome)
    }

    private let roomID: String
    /// Nil of a room that is taken up again.
    private let join: DaemonConfiguration.Join?
    private let log: EventLog
    private let logger: Logger
    private let retryInterval: Duration
    private let isWanted: @Sendable () -> Bool
    private let engine: @Sendable () async throws -> any EngineControlling
    private let login: @Sendable () async throws -> Void
    private let streams: @Sendable () async -> Void
    private var random: RandomSource
    private var beginning: Beginning?

    /// A room of `[[join]]`.
    ///
    /// - Parameters:
    ///   - retryInterval: between two attempts, each ±20 %.
    ///   - random: spreads the attempts of many machines.
    ///   - isWanted: asked before each attempt.
    ///   - streams: what callers published and played in the room beside.
    package init(
        _ join: DaemonConfiguration.Join, log: EventLog, engines: EngineController, logger: Logger,
        retryInterval: Duration = .seconds(60), random: RandomSource = .system,
        isWanted: @escaping @Sendable () -> Bool = { true }, streams: @escaping @Sendable () async -> Void = {}
    ) {
        self.join = join
        roomID = join.roomID
        self.log = log
        self.logger = logger
        self.retryInterval = retryInterval
        self.random = random
        self.isWanted = isWanted
        self.streams = streams
        engine = { try await engines.engine() }
        login = {
            var config = LoginConfig()
            config.isUserStatusNotify = true
            _ = try await engines.engine().loginRoom(roomID: join.roomID, user: join.user, config: config, wait: .no)
        }
    }

    /// A room that a caller was in before the daemon restarted.
    ///
    /// - Parameters:
    ///   - login: begins to enter it.
    ///   - streams: begins to publish and play in it.
    package init(
        restored roomID: String, log: EventLog, logger: Logger, retryInterval: Duration = .seconds(60),
        random: RandomSource = .system, isWanted: @escaping @Sendable () -> Bool,
        login: @escaping @Sendable () async throws -> Void, streams: @escaping @Sendable () async -> Void
    ) {
        join = nil
        self.roomID = roomID
        self.log = log
        self.logger = logger
        self.retryInterval = retryInterval
        self.random = random
        self.isWanted = isWanted
        self.login = login
        self.streams = streams
        engine = { throw ZegoError(.engineNotCreated) }
    }

    /// Begins to enter the room, before ``run()`` follows what becomes of it.
    package func begin() async { beginning = await enter() }

    /// Runs until it gives up or its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            guard isWanted() else { return giveUp("nobody wants it any more") }
            switch await stay() {
            case .giveUp(let reason): return giveUp(reason)
            case .retry:
                let spread = Double.random(in: 0.8...1.2, using: &random)
                try? await Task.sleep(for: retryInterval * spread)
            }
        }
    }

    private func giveUp(_ reason: String) {
        logger.notice("a room is left alone: \(reason)", metadata: ["roomID": "\(roomID)"])
    }

    private func enter() async -> Beginning {
        // Listening begins before the login, so that nothing of the room is missed.
        let roomID = roomID
        let events = log.events { event in
            switch event {
            case .roomState(roomID, _, _, _), .streamUpdate(roomID, _, _, _), .engineState(.destroyed, _): true
            default: false
            }
        }
        do {
            try await login()
        } catch {
            return .failed(outcome(of: error))
        }
        if join == nil { await streams() }
        return .begun(events)
    }

    /// Enters the room once and stays as long as it lasts.
    private func stay() async -> Outcome {
        let events: AsyncStream<EngineEvent>
        let begun = if let beginning { beginning } else { await enter() }
        beginning = nil
        switch begun {
        case .begun(let stream): events = stream
        case .failed(let outcome): return outcome
        }
        let playsAll = join?.play == .all
        for await event in events {
            switch event {
            case .roomState(_, .logined, _, _): if let join { await entered(join) }
            case .roomState(_, let reason, let errorCode, _) where reason.isFinal:
                return outcome(of: reason, errorCode: errorCode)
            case .streamUpdate(_, .add, let streams, _) where playsAll:
                for stream in streams { await play(stream.streamID.rawValue) }
            case .streamUpdate(_, .delete, let streams, _) where playsAll:
                for stream in streams { await stopPlaying(stream.streamID.rawValue) }
            case .engineState: return .giveUp("the engine was destroyed")
            default: break
            }
        }
        return .giveUp("the daemon stops")
    }

    private func entered(_ join: DaemonConfiguration.Join) async {
        if let stream = join.publish {
            await attempt("publish") { engine in
                _ = try await engine.startPublishing(
                    streamID: stream, channel: .main, roomID: self.roomID, source: .device, whip: nil, wait: .no)
            }
        }
        if case .streams(let list) = join.play {
            for stream in list { await play(stream) }
        }
        await streams()
    }

    private func play(_ stream: String) async {
        await attempt("play \(stream)") { engine in
            _ = try await engine.startPlaying(
                streamID: stream, roomID: self.roomID, sink: nil, bufferRange: nil, whep: nil, wait: .no)
        }
    }

    private func stopPlaying(_ stream: String) async {
        await attempt("stop playing \(stream)") { engine in _ = try await engine.stopPlaying(streamID: stream) }
    }

    private func attempt(_ what: String, _ body: (any EngineControlling) async throws -> Void) async {
        do {
            try await body(await engine())
        } catch {
            logger.warning("[[join]] cannot \(what): \(error)", metadata: ["roomID": "\(roomID)"])
        }
    }

    private func outcome(of error: any Error) -> Outcome {
        switch error {
        case let error as ZegoError: return outcome(of: .loginFailed, errorCode: error.code.number)
        case let error as JSONRPCError where ZegoErrorCode(rawValue: error.code) != nil:
            return outcome(of: .loginFailed, errorCode: error.code)
        default:
            logger.warning("cannot enter a room: \(error)", metadata: ["roomID": "\(roomID)"])
            return .retry
        }
    }

    private func outcome(of reason: RoomStateReason, errorCode: Int) -> Outcome {
        switch reason {
        case .logout: return .giveUp("somebody called logoutRoom; it holds until the daemon restarts")
        case .kickOut: return .giveUp("kicked out (\(errorCode))")
        default:
            let code = ZegoErrorCode(rawValue: errorCode)
            if let code, code.endsTrying { return .giveUp("\(code.number) \(code.name): \(code.hint)") }
            logger.warning(
                "a room was not entered; it is tried again in a minute",
                metadata: ["roomID": "\(roomID)", "errorCode": "\(errorCode)"])
            return .retry
        }
    }
}
