import JSONRPC
import Synchronization
import Testing
import Transport
import VoiceEngine

/// Keeps what an engine tells, and waits for what a test expects of it.
final class EventRecorder: Sendable {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var events: [EngineEvent] = []
        var seq: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The engine's sink.
    func take(_ event: EngineEvent) -> UInt64 {
        state.withLock { state in
            state.events.append(event)
            if !event.isVolatile { state.seq += 1 }
            return state.seq
        }
    }

    var events: [EngineEvent] { state.withLock(\.events) }

    /// Each event in a line, without the volatile ones.
    var lines: [String] {
        events.filter { !$0.isVolatile }.map { "\($0.name) \($0.fields)" }
    }

    /// Where ``wait(_:after:seconds:for:)`` may begin to look.
    var mark: Int { state.withLock(\.events.count) }

    /// The first event from `mark` on that is meant; an event that does not come within the time fails the test.
    @discardableResult
    func wait(
        _ what: String, after mark: Int = 0, seconds: Double = 10, for isMeant: (EngineEvent) -> Bool
    ) async throws -> EngineEvent {
        let deadline = MonotonicTime.now().advanced(byNanoseconds: Int64(seconds * 1e9))
        while true {
            if let event = events.dropFirst(mark).first(where: isMeant) { return event }
            guard MonotonicTime.now() < deadline else {
                throw TimedOut(
                    description: "no \(what) within \(seconds) s; told: \(lines.joined(separator: "\n"))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func waitForPlayer(_ state: PlayerState, _ code: Int = 0, after mark: Int = 0) async throws {
        try await wait("player-state \(state) \(code)", after: mark) {
            if case .playerState(_, state, code, _) = $0 { true } else { false }
        }
    }

    func waitForPublisher(_ state: PublisherState, _ code: Int = 0, after mark: Int = 0) async throws {
        try await wait("publisher-state \(state) \(code)", after: mark) {
            if case .publisherState(_, state, code, _) = $0 { true } else { false }
        }
    }

    func waitForRoom(
        _ reason: RoomStateReason, _ code: Int = 0, after mark: Int = 0, seconds: Double = 10
    ) async throws {
        try await wait("room-state \(reason) \(code)", after: mark, seconds: seconds) {
            if case .roomState(_, reason, code, _) = $0 { true } else { false }
        }
    }

    func waitForFirstFrameSent() async throws {
        try await wait("publisher-first-frame") {
            if case .publisherFirstFrame(_, let elapsed) = $0 { elapsed > 0 } else { false }
        }
    }
}
