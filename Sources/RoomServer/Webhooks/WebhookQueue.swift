import Transport

/// The events that a receiver has not taken yet. A value that is told what happened and when; it sends nothing itself.
///
/// Bounded: what comes while it is full is lost, and counted. An event that was not taken waits for its next try without
/// holding up the ones behind it, so their order is not kept then.
package struct WebhookQueue {
    /// One try to send an event.
    package struct Delivery: Sendable {
        package let id: UInt64
        package let event: WebhookEvent
    }

    private struct Entry {
        let id: UInt64
        let event: WebhookEvent
        var failures = 0
        var due: MonotonicTime
    }

    /// Events that are kept, those under way included.
    package static let capacity = 1024
    /// Requests at once.
    static let maximumUnderWay = 4

    private let pausesMs: [Int64]
    /// By the time of the next try.
    private var waiting: [Entry] = []
    private var underWay: [UInt64: Entry] = [:]
    private var lastID: UInt64 = 0

    package private(set) var counters = WebhookCounters()

    package init(pausesMs: [Int64]) {
        self.pausesMs = pausesMs
    }

    /// How many events are kept.
    package var count: Int { waiting.count + underWay.count }

    /// When ``take(_:)`` may have something again; nil: not before another call.
    package var deadline: MonotonicTime? {
        underWay.count < Self.maximumUnderWay ? waiting.first?.due : nil
    }

    /// An event; false: there is no room for it.
    package mutating func add(_ event: WebhookEvent, now: MonotonicTime) -> Bool {
        guard count < Self.capacity else {
            counters.lost += 1
            return false
        }
        lastID += 1
        insert(Entry(id: lastID, event: event, due: now))
        return true
    }

    /// What is to be sent now, one at a time.
    package mutating func take(_ now: MonotonicTime) -> Delivery? {
        guard underWay.count < Self.maximumUnderWay, let first = waiting.first, first.due <= now else { return nil }
        waiting.removeFirst()
        underWay[first.id] = first
        return Delivery(id: first.id, event: first.event)
    }

    /// What came of a delivery; false: the event is lost now.
    package mutating func finished(_ id: UInt64, wasTaken: Bool, now: MonotonicTime) -> Bool {
        guard var entry = underWay.removeValue(forKey: id) else { return true }
        guard !wasTaken else {
            counters.delivered += 1
            return true
        }
        counters.failures += 1
        guard entry.failures < pausesMs.count else {
            counters.lost += 1
            return false
        }
        entry.due = now.advanced(byMilliseconds: pausesMs[entry.failures])
        entry.failures += 1
        insert(entry)
        return true
    }

    private mutating func insert(_ entry: Entry) {
        // Behind all that are due no later, so that new ones keep their order.
        let index = waiting.lastIndex { $0.due <= entry.due }.map { $0 + 1 } ?? 0
        waiting.insert(entry, at: index)
    }
}
