import RoomServer
import Synchronization
import Transport

/// What a session's event closure was told, in order.
final class EventLog: Sendable {
    private let events = Mutex<[ForwarderSessionEvent]>([])

    func append(_ event: ForwarderSessionEvent) {
        events.withLock { $0.append(event) }
    }

    var all: [ForwarderSessionEvent] { events.withLock { $0 } }

    func contains(_ event: ForwarderSessionEvent) -> Bool { all.contains(event) }

    /// Without the changes of address, which come when they like.
    var withoutPaths: [ForwarderSessionEvent] {
        all.filter { if case .pathChanged = $0 { false } else { true } }
    }
}
