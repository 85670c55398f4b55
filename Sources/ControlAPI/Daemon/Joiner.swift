import Logging
import RoomModel
import Transport
import VoiceEngine

/// Keeps the daemon in a room of `[[join]]`: enters, publishes, plays what is wanted, and tries for ever.
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

    private let join: DaemonConfiguration.Join
    private let log: EventLog
    private let engines: EngineController
    private let logger: Logger
    private let retryInterval: Duration
    private var random: RandomSource

    /// - Parameters:
    ///   - retryInterval: between two attempts, each ±20 %.
    ///   - random: spreads the attempts of many machines.
    package init(
        _ join: DaemonConfiguration.Join, log: EventLog, engines: EngineController, logger: Logger,
        retryInterval: Duration = .seconds(60), random: RandomSource = .system
    ) {
        self.join = join
        self.log = log
        self.engines = engines
        self.logger = logger
        self.retryInterval = retryInterval
        self.random = random
    }

    /// Runs until it gives up or its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            switch await stay() {
            case .giveUp(let reason):
                logger.notice("room of [[join]] is left alone: \(reason)", metadata: ["roomID": "\(join.roomID)"])
                return
            case .retry:
                let spread = Double.random(in: 0.8...1.2, using: &random)
                try? await Task.sleep(for: retryInterval * spread)
            }
        }
    }

    /// Enters the room once and stays as long as it lasts.
    private func stay() async -> Outcome {
        let roomID = join.roomID
        // Listening begins before the login, so that nothing of the room is missed.
        let events = log.events { event in
            switch event {
            case .roomState(roomID, _, _, _), .streamUpdate(roomID, _, _, _), .engineState(.destroyed, _): true
            default: false
            }
        }
        do {
            let engine = try await engines.engine()
            var config = LoginConfig()
            config.isUserStatusNotify = true
            _ = try await engine.loginRoom(roomID: roomID, user: join.user, config: config, wait: .no)
        } catch {
            return outcome(of: error)
        }
        for await event in events {
            switch event {
            case .roomState(_, .logined, _, _): await entered()
            case .roomState(_, let reason, let errorCode, _) where reason.isFinal:
                return outcome(of: reason, errorCode: errorCode)
            case .streamUpdate(_, .add, let streams, _) where join.play == .all:
                for stream in streams { await play(stream.streamID.rawValue) }
            case .streamUpdate(_, .delete, let streams, _) where join.play == .all:
                for stream in streams { await stopPlaying(stream.streamID.rawValue) }
            case .engineState: return .giveUp("the engine was destroyed")
            default: break
            }
        }
        return .giveUp("the daemon stops")
    }

    private func entered() async {
        if let stream = join.publish {
            await attempt("publish") { engine in
                _ = try await engine.startPublishing(
                    streamID: stream, channel: .main, roomID: self.join.roomID, source: .device, wait: .no)
            }
        }
        guard case .streams(let streams) = join.play else { return }
        for stream in streams { await play(stream) }
    }

    private func play(_ stream: String) async {
        await attempt("play \(stream)") { engine in
            _ = try await engine.startPlaying(
                streamID: stream, roomID: self.join.roomID, sink: .device, bufferRange: nil, wait: .no)
        }
    }

    private func stopPlaying(_ stream: String) async {
        await attempt("stop playing \(stream)") { engine in _ = try await engine.stopPlaying(streamID: stream) }
    }

    private func attempt(_ what: String, _ body: (any EngineControlling) async throws -> Void) async {
        do {
            try await body(await engines.engine())
        } catch {
            logger.warning("[[join]] cannot \(what): \(error)", metadata: ["roomID": "\(join.roomID)"])
        }
    }

    private func outcome(of error: any Error) -> Outcome {
        guard let error = error as? ZegoError else {
            logger.warning("[[join]] cannot enter: \(error)", metadata: ["roomID": "\(join.roomID)"])
            return .retry
        }
        return outcome(of: .loginFailed, errorCode: error.code.number)
    }

    private func outcome(of reason: RoomStateReason, errorCode: Int) -> Outcome {
        switch reason {
        case .logout: return .giveUp("somebody called logoutRoom; it holds until the daemon restarts")
        case .kickOut: return .giveUp("kicked out (\(errorCode))")
        default:
            let code = ZegoErrorCode(rawValue: errorCode)
            if let code, Self.refusals.contains(code) { return .giveUp("\(code.number) \(code.name): \(code.hint)") }
            logger.warning(
                "[[join]] failed, tried again in a minute",
                metadata: ["roomID": "\(join.roomID)", "errorCode": "\(errorCode)"])
            return .retry
        }
    }

    /// What trying again cannot mend: refused credentials, and names that no room takes.
    private static let refusals: Set<ZegoErrorCode> = [
        .appIDIncorrect, .appSignIncorrect, .appSignNull, .appSignInvalidLength, .appSignInvalidCharacter,
        .authenticationFailed, .noToken, .userBlacklisted, .tokenFormatError, .tokenAppIDError, .tokenUserIDError,
        .tokenExpired, .tokenVersionError, .tokenNonceTypeError, .loggedInElsewhere,
    ]
}
