import RoomModel
import Transport

/// Sessions whose user logged in elsewhere: remembered for as long as their clients may try to come back, so that they
/// are told so (1002086) and not merely that the session is unknown.
struct DisplacedSessions {
    private var entries: [SessionID: Entry] = [:]
    private var order: [SessionID] = []

    private struct Entry {
        let resumeKey: String
        let until: MonotonicTime
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func remember(_ session: SessionID, resumeKey: String, now: MonotonicTime) {
        entries[session] = Entry(
            resumeKey: resumeKey, until: now.advanced(byMilliseconds: SignalingSettings.displacedMs))
        order.append(session)
        if order.count > SignalingSettings.keptDisplaced { entries[order.removeFirst()] = nil }
    }

    /// Whether this session was displaced, and the caller shows its key.
    func contains(_ session: SessionID, resumeKey: String) -> Bool {
        guard let entry = entries[session] else { return false }
        return ConstantTime.areEqual(entry.resumeKey, resumeKey)
    }

    mutating func expire(_ now: MonotonicTime) {
        // All stay equally long, so the oldest are the first in the order.
        while let first = order.first, entries[first].map({ $0.until <= now }) ?? true {
            entries[first] = nil
            order.removeFirst()
        }
    }
}
