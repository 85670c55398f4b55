import RoomModel
import Transport

/// Sessions whose user logged in elsewhere or was put out: remembered for as long as their clients may try to come back, so
/// that they are told so and not merely that the session is unknown.
struct DisplacedSessions {
    private var entries: [SessionID: Entry] = [:]
    private var order: [SessionID] = []

    private struct Entry {
        let resumeKey: String
        let code: ZegoErrorCode
        let until: MonotonicTime
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func remember(_ session: SessionID, resumeKey: String, as code: ZegoErrorCode, now: MonotonicTime) {
        entries[session] = Entry(
            resumeKey: resumeKey, code: code, until: now.advanced(byMilliseconds: SignalingSettings.displacedMs))
        order.append(session)
        if order.count > SignalingSettings.keptDisplaced { entries[order.removeFirst()] = nil }
    }

    /// What became of this session, if the caller shows its key.
    func code(of session: SessionID, resumeKey: String) -> ZegoErrorCode? {
        guard let entry = entries[session], ConstantTime.areEqual(entry.resumeKey, resumeKey) else { return nil }
        return entry.code
    }

    mutating func expire(_ now: MonotonicTime) {
        // All stay equally long, so the oldest are the first in the order.
        while let first = order.first, entries[first].map({ $0.until <= now }) ?? true {
            entries[first] = nil
            order.removeFirst()
        }
    }
}
