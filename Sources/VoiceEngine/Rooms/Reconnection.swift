import Transport

/// Decides when the connection to the room server is attempted, and when that is given up. A value that is told what
/// happened and when, and answers what to do: it opens no socket and reads no clock.
///
/// The owner acts on every ``Action``, tells of its outcome by ``succeeded()`` or ``failed(now:random:)``, and calls
/// ``tick(now:)`` when ``deadline`` comes.
package struct Reconnection: Sendable {
    package enum Action: Sendable, Equatable {
        /// Open a connection and establish the session on it.
        case attempt
        /// The window ran out: nothing is tried any more.
        case giveUp
    }

    package enum State: Sendable, Equatable {
        /// Nobody wants a connection.
        case idle
        /// An attempt is under way.
        case attempting
        /// The next attempt comes at this moment.
        case waiting(MonotonicTime)
        case connected
    }

    package private(set) var state: State = .idle
    private let schedule: RetrySchedule
    /// When the present outage, or the present first connecting, began.
    private var began: MonotonicTime = .zero
    /// Attempts made since then.
    private var attempts = 0

    package init(schedule: RetrySchedule) {
        self.schedule = schedule
    }

    /// When ``tick(now:)`` is due.
    package var deadline: MonotonicTime {
        if case .waiting(let time) = state { time } else { .distantFuture }
    }

    /// A connection is wanted; answers nil when there is one, or one is being made.
    package mutating func start(now: MonotonicTime) -> Action? {
        guard state == .idle else { return nil }
        return begin(now)
    }

    /// The connection that was established has broken.
    ///
    /// - Parameter pause: nanoseconds that the server asked to be left alone for, before the first attempt.
    package mutating func lost(now: MonotonicTime, pause: Int64 = 0) -> Action? {
        guard state == .connected else { return nil }
        let action = begin(now)
        guard pause > 0 else { return action }
        attempts = 0
        state = .waiting(now.advanced(byNanoseconds: pause))
        return nil
    }

    /// The session is established: by the attempt that was asked for, or by itself while the next one was waited for (a
    /// media path may come back without our doing).
    package mutating func succeeded() {
        if state != .idle { state = .connected }
    }

    /// The attempt that was asked for has come to nothing, for a reason that may pass.
    package mutating func failed(now: MonotonicTime, random: inout RandomSource) -> Action? {
        guard state == .attempting else { return nil }
        let elapsed = now.nanoseconds(since: began)
        guard elapsed < schedule.windowNanoseconds else { return exhausted() }
        let pause = schedule.pause(before: attempts, elapsed: elapsed, random: &random)
        // The last wait ends with the window: what is given up is given up then, not at the next beat after it.
        state = .waiting(now.advanced(byNanoseconds: min(pause, schedule.windowNanoseconds - elapsed)))
        return nil
    }

    /// The addresses or routes of the machine have changed: a wait is cut short.
    package mutating func networkChanged(now: MonotonicTime) -> Action? {
        guard case .waiting = state else { return nil }
        return attempt()
    }

    /// The deadline may have come.
    package mutating func tick(now: MonotonicTime) -> Action? {
        guard case .waiting(let time) = state, now >= time else { return nil }
        guard now.nanoseconds(since: began) < schedule.windowNanoseconds else { return exhausted() }
        return attempt()
    }

    /// The connection is not wanted any more.
    package mutating func stop() {
        state = .idle
    }

    private mutating func begin(_ now: MonotonicTime) -> Action {
        began = now
        attempts = 0
        return attempt()
    }

    private mutating func attempt() -> Action {
        attempts += 1
        state = .attempting
        return .attempt
    }

    private mutating func exhausted() -> Action {
        state = .idle
        return .giveUp
    }
}
