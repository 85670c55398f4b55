import RoomModel
import Synchronization
import VoiceEngine

/// Makes and destroys the one engine of the daemon.
///
/// The state is behind a mutex and not in an actor, so that a call that finds a running engine goes straight on to it:
/// two calls of one connection reach the engine in the order in which they were sent.
package final class EngineController: Sendable {
    /// Makes an engine that has not been started.
    package typealias Factory =
        @Sendable (EngineOptions, @escaping @Sendable (EngineEvent) -> UInt64) async throws -> any EngineControlling

    private enum State {
        case none
        case starting(Task<any EngineControlling, any Error>)
        case running(any EngineControlling)
        case stopping(Task<CallResult, Never>)
    }

    private let log: EventLog
    private let factory: Factory
    private let state = Mutex<State>(.none)
    private let wasDestroyed = Mutex(false)

    package init(log: EventLog, factory: @escaping Factory) {
        self.log = log
        self.factory = factory
    }

    /// The engine, if it runs.
    package var running: (any EngineControlling)? {
        state.withLock { if case .running(let engine) = $0 { engine } else { nil } }
    }

    /// What the engine remembers, if there is one; and the word for an engine that is not there.
    package var snapshot: EngineSnapshot? { running?.snapshot() }

    /// `none`, `starting`, `destroyed`: the state of an engine that has no snapshot.
    package var stateWithoutEngine: String {
        let isStarting = state.withLock { if case .starting = $0 { true } else { false } }
        if isStarting { return "starting" }
        return wasDestroyed.withLock { $0 } ? "destroyed" : "none"
    }

    /// The engine; waits for one that is being made.
    ///
    /// - Throws: 1000001 when there is none.
    package nonisolated(nonsending) func engine() async throws -> any EngineControlling {
        let starting: Task<any EngineControlling, any Error>? = try state.withLock { state in
            switch state {
            case .none, .stopping: throw ZegoError(.engineNotCreated)
            case .starting(let task): return task
            case .running: return nil
            }
        }
        if let starting { return try await starting.value }
        guard let running else { throw ZegoError(.engineNotCreated) }
        return running
    }

    /// Makes and starts the engine unless there is one.
    ///
    /// - Returns: whether it was made by this call.
    package func create(_ options: EngineOptions) async throws -> Bool {
        while true {
            enum Step {
                case exists
                case wait(Task<CallResult, Never>)
                case started(Task<any EngineControlling, any Error>, isOurs: Bool)
            }
            let step: Step = state.withLock { state in
                switch state {
                case .running: return .exists
                case .starting(let task): return .started(task, isOurs: false)
                case .stopping(let task): return .wait(task)
                case .none:
                    let task = Task { try await self.make(options) }
                    state = .starting(task)
                    return .started(task, isOurs: true)
                }
            }
            switch step {
            case .exists: return false
            case .wait(let stopping): _ = await stopping.value
            case .started(let task, let isOurs):
                _ = try await task.value
                return isOurs
            }
        }
    }

    private func make(_ options: EngineOptions) async throws -> any EngineControlling {
        do {
            let engine = try await factory(options) { [log] in log.append($0) }
            try await engine.start()
            wasDestroyed.withLock { $0 = false }
            state.withLock { $0 = .running(engine) }
            return engine
        } catch {
            state.withLock { $0 = .none }
            throw error
        }
    }

    /// Destroys the engine; answers when devices and sockets are released, at once when there is none.
    package func destroy() async {
        enum Step {
            case nothing
            case waitForStart(Task<any EngineControlling, any Error>)
            case stopping(Task<CallResult, Never>)
        }
        while true {
            let step: Step = state.withLock { state in
                switch state {
                case .none: return .nothing
                case .starting(let task): return .waitForStart(task)
                case .stopping(let task): return .stopping(task)
                case .running(let engine):
                    let task = Task {
                        let result = await engine.destroy()
                        self.wasDestroyed.withLock { $0 = true }
                        self.state.withLock { $0 = .none }
                        return result
                    }
                    state = .stopping(task)
                    return .stopping(task)
                }
            }
            switch step {
            case .nothing: return
            case .waitForStart(let task): _ = try? await task.value
            case .stopping(let task):
                _ = await task.value
                return
            }
        }
    }
}
