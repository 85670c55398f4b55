import NIOCore

/// What waits for one reader: bounded, volatile events dropped first, then everything at once.
///
/// A plain value; ``EventLog`` guards it with its lock.
struct SubscriberQueue {
    /// A state that the next line has to resolve by a snapshot.
    enum Resynchronisation: Equatable {
        case none
        /// The first line of the connection.
        case initial
        /// The queue ran over; so many reliable events were dropped since the last line.
        case overflow(dropped: UInt64)
    }

    private struct Entry {
        let record: EventRecord
        /// False of what was replayed from the ring: shared with it, so it does not count against the limits.
        let isCounted: Bool
    }

    let options: SubscriptionOptions
    private let maximumLines: Int
    private let maximumBytes: Int
    private var entries = CircularBuffer<Entry>()
    private var countedLines = 0
    private var countedBytes = 0
    private var lastVolatileTimes: [String: Int64] = [:]
    private(set) var resynchronisation: Resynchronisation
    /// The last reliable event that the reader has got, by line or by snapshot.
    private(set) var deliveredSeq: UInt64
    /// Lines given out, and dropped reliable events: so the reader of a filtered subscription sees a loss.
    private(set) var n: UInt64 = 0
    /// All reliable events that this reader lost, for the metrics.
    private(set) var droppedTotal: UInt64 = 0

    init(options: SubscriptionOptions, at seq: UInt64, maximumLines: Int, maximumBytes: Int) {
        self.options = options
        self.maximumLines = maximumLines
        self.maximumBytes = maximumBytes
        resynchronisation = options.startsWithSnapshotLine ? .initial : .none
        deliveredSeq = seq
    }

    /// Lines that wait.
    var count: Int { entries.count }

    /// Whether there is a line to give out.
    var isEmpty: Bool { entries.isEmpty && resynchronisation == .none }

    /// Takes an event of the past; the queue grows by it whatever the limits.
    mutating func replay(_ record: EventRecord) {
        guard options.filter.matches(record.name) else { return }
        entries.append(Entry(record: record, isCounted: false))
    }

    /// Takes an event that happens now (`microseconds` on the wall clock).
    mutating func offer(_ record: EventRecord, microseconds: Int64) {
        guard options.filter.matches(record.name) else { return }
        switch resynchronisation {
        case .none: break
        case .initial: return
        case .overflow(let dropped):
            if record.isReliable { drop(1, before: dropped) }
            return
        }
        if let key = record.volatileKey {
            guard isDue(record.name, key, microseconds) else { return }
            removeAll { $0.record.volatileKey == key }
        }
        entries.append(Entry(record: record, isCounted: true))
        countedLines += 1
        countedBytes += record.openText.count
        guard isOverLimit else { return }
        removeAll { $0.record.volatileKey != nil }
        guard isOverLimit else { return }
        drop(UInt64(entries.count), before: 0)
        entries.removeAll()
        countedLines = 0
        countedBytes = 0
    }

    /// The next event, if it is not later than `limit`.
    mutating func next(upTo limit: UInt64) -> EventRecord? {
        guard resynchronisation == .none, let entry = entries.first, entry.record.seq <= limit else { return nil }
        entries.removeFirst()
        uncount(entry)
        n += 1
        if entry.record.isReliable { deliveredSeq = entry.record.seq }
        return entry.record
    }

    /// The reader gets a snapshot that contains everything up to `seq`; `lines` are given out for it.
    mutating func resynchronised(at seq: UInt64) {
        resynchronisation = .none
        deliveredSeq = seq
    }

    /// Counts a line that is not from the queue (snapshot, overflow, bookmark) and returns its number.
    mutating func countLine() -> UInt64 {
        n += 1
        return n
    }

    private var isOverLimit: Bool { countedLines > maximumLines || countedBytes > maximumBytes }

    private mutating func drop(_ count: UInt64, before: UInt64) {
        resynchronisation = .overflow(dropped: before + count)
        droppedTotal += count
        n += count
    }

    private mutating func isDue(_ name: String, _ key: String, _ microseconds: Int64) -> Bool {
        guard let interval = options.minimumInterval(of: name) else { return true }
        if let last = lastVolatileTimes[key], (0..<interval).contains(microseconds - last) { return false }
        lastVolatileTimes[key] = microseconds
        return true
    }

    private mutating func removeAll(_ isRemoved: (Entry) -> Bool) {
        guard entries.contains(where: isRemoved) else { return }
        for entry in entries where isRemoved(entry) { uncount(entry) }
        entries.removeAll(where: isRemoved)
    }

    private mutating func uncount(_ entry: Entry) {
        guard entry.isCounted else { return }
        countedLines -= 1
        countedBytes -= entry.record.openText.count
    }
}
