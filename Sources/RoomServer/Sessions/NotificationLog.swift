import RoomModel

/// The notifications of a session with their numbers: the last ones are kept, so that a client that comes back gets what
/// it missed.
struct NotificationLog {
    private let capacity: Int
    private var kept: [NumberedNotification] = []

    /// The number of the last notification; 0 before the first.
    private(set) var lastSeq: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Numbers and keeps a notification.
    mutating func append(_ notification: SignalingNotification) -> NumberedNotification {
        lastSeq += 1
        let numbered = NumberedNotification(seq: lastSeq, notification: notification)
        kept.append(numbered)
        // Twice the capacity before old ones are dropped, so that dropping costs next to nothing per notification.
        if kept.count >= capacity * 2 { kept.removeFirst(kept.count - capacity) }
        return numbered
    }

    /// What came after `seq`; nil when some of it is not kept any more, or `seq` is of the future.
    func after(_ seq: UInt64) -> [NumberedNotification]? {
        guard seq <= lastSeq else { return nil }
        let missed = lastSeq - seq
        guard missed <= UInt64(min(kept.count, capacity)) else { return nil }
        return Array(kept.suffix(Int(missed)))
    }
}
