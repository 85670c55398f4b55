import Synchronization

/// Hands the events of a part to an owner that can only be named once the part exists; events of before are kept.
final class EventRelay<Event: Sendable>: Sendable {
    private struct State {
        var receiver: (@Sendable (Event) -> Void)?
        var early: [Event] = []
    }

    private let state = Mutex(State())

    /// From the part, in order.
    func forward(_ event: Event) {
        let receiver = state.withLock { state in
            if state.receiver == nil { state.early.append(event) }
            return state.receiver
        }
        receiver?(event)
    }

    /// Once, before the part is started.
    func connect(_ receiver: @escaping @Sendable (Event) -> Void) {
        let early = state.withLock { state in
            state.receiver = receiver
            defer { state.early = [] }
            return state.early
        }
        for event in early { receiver(event) }
    }
}
