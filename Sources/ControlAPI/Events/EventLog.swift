import JSONRPC
import NIOCore
import Synchronization
import VoiceEngine

/// The events of the daemon: one order, one numbering, many readers.
///
/// One lock covers the number, the ring of past events and the readers' queues; so a snapshot and the start of a
/// subscription are one moment, and no reader ever waits for another. Nothing in here waits for a reader.
package final class EventLog: Sendable {
    /// The bounds of the log; tests lower them.
    package struct Limits: Sendable {
        /// Past reliable events that `since` can resume from.
        package var ring = 4096
        /// Events that may wait for one reader.
        package var queuedLines = 1024
        /// Bytes of events that may wait for one reader.
        package var queuedBytes = 1 << 20

        package init() {}
    }

    private struct Reader {
        var queue: SubscriberQueue
        let wake: @Sendable () -> Void
        /// True from the call of `wake` until the reader has come: one wake-up for a burst.
        var isWoken = false
    }

    private struct Observer {
        let isWanted: @Sendable (EngineEvent) -> Bool
        let continuation: AsyncStream<EngineEvent>.Continuation
    }

    private struct State {
        var seq: UInt64 = 0
        var ring = CircularBuffer<EventRecord>()
        var readers: [Int: Reader] = [:]
        var observers: [Int: Observer] = [:]
        var watchers: [Int: @Sendable (EngineEvent) -> Void] = [:]
        var nextID = 0
        var counters = EventLogCounters()
    }

    /// Bytes that are given out at once, when so many wait.
    private static let goodWrite = 8 << 10

    /// Random per start of the daemon.
    package let instance: String
    private let limits: Limits
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - instance: tells this start of the daemon from all others.
    ///   - clock: microseconds since 1970, for the `time` of events.
    package init(
        instance: String, limits: Limits = Limits(), clock: @escaping @Sendable () -> Int64 = { EventTime.now() }
    ) {
        self.instance = instance
        self.limits = limits
        self.clock = clock
    }

    /// The number of the last reliable event, 0 before the first.
    package var lastSeq: UInt64 { state.withLock { $0.seq } }

    /// What the log counts, for the metrics.
    package var counters: EventLogCounters {
        state.withLock { state in
            var counters = state.counters
            counters.readers = state.readers.count
            counters.queuedLines = state.readers.values.reduce(0) { $0 + $1.queue.count }
            return counters
        }
    }

    // MARK: Writing

    /// Appends an event and answers its number (for a volatile one, that of the last reliable event).
    @discardableResult
    package func append(_ event: EngineEvent) -> UInt64 {
        let name = event.name
        let fields = event.fields
        let volatileKey = event.isVolatile ? Self.volatileKey(name, fields) : nil
        let (seq, wakes, watchers) = state.withLock { state in
            let now = clock()
            if volatileKey == nil { state.seq += 1 }
            let record = EventRecord(
                seq: state.seq, instance: instance, microseconds: now, name: name, volatileKey: volatileKey,
                fields: fields)
            state.counters.count(isReliable: record.isReliable)
            if record.isReliable {
                if state.ring.count == limits.ring { state.ring.removeFirst() }
                state.ring.append(record)
            }
            for observer in state.observers.values where observer.isWanted(event) { observer.continuation.yield(event) }
            return (state.seq, Self.offer(record, microseconds: now, to: &state.readers), state.watchers)
        }
        for watcher in watchers.values { watcher(event) }
        for wake in wakes { wake() }
        return seq
    }

    private static func offer(
        _ record: EventRecord, microseconds: Int64, to readers: inout [Int: Reader]
    ) -> [@Sendable () -> Void] {
        var wakes: [@Sendable () -> Void] = []
        // In place: a copy of a reader would copy its queue at the next change.
        for index in readers.indices {
            readers.values[index].queue.offer(record, microseconds: microseconds)
            guard !readers.values[index].isWoken, !readers.values[index].queue.isEmpty else { continue }
            readers.values[index].isWoken = true
            wakes.append(readers.values[index].wake)
        }
        return wakes
    }

    private static func volatileKey(_ name: String, _ fields: JSONObject) -> String {
        "\(name) \(fields["streamID"]?.string ?? fields["userID"]?.string ?? "")"
    }

    // MARK: Status

    /// The status now: what memory says, with the events applied that it does not contain yet, and its `seq`.
    package func status(from source: StatusSource) -> JSONObject {
        let base = source()
        return state.withLock { Self.status(base, $0) }
    }

    private static func status(_ base: StatusBase, _ state: State) -> JSONObject {
        var status = base.status
        for record in state.ring where record.seq > base.lastSeq {
            StatusReducer.apply(event: record.name, fields: record.fields, to: &status)
        }
        status["seq"] = .integer(Int64(clamping: state.seq))
        return status
    }

    // MARK: Reading

    /// The start of a subscription, all of one moment.
    package struct Start: Sendable {
        package let subscription: EventSubscription
        /// The last event before the start, or before the replay.
        package let seq: UInt64
        /// Whether the reader goes on where it stopped.
        package let resumed: Bool
        /// The status at `seq`: when asked for, or when resuming was not possible.
        package let snapshot: JSONObject?
    }

    /// Starts a subscription.
    ///
    /// - Parameters:
    ///   - wantsSnapshot: whether ``Start/snapshot`` is wanted.
    ///   - source: the status from memory.
    ///   - wake: called (from any thread, without a lock) when there is something to read; after it the reader calls
    ///     ``EventSubscription/nextLines(upTo:)`` until it gives nil.
    package func subscribe(
        _ options: SubscriptionOptions, wantsSnapshot: Bool, source: @escaping StatusSource,
        wake: @escaping @Sendable () -> Void
    ) -> Start {
        let base = source()
        return state.withLock { state in
            var queue = SubscriberQueue(
                options: options, at: state.seq, maximumLines: limits.queuedLines, maximumBytes: limits.queuedBytes)
            var start = state.seq
            var resumed = false
            if let since = options.since, canResume(since, state) {
                resumed = true
                start = since.seq
                for record in state.ring where record.seq > since.seq { queue.replay(record) }
            }
            let needsSnapshot = wantsSnapshot && !resumed || options.since != nil && !resumed
            let snapshot = needsSnapshot ? Self.status(base, state) : nil
            let id = state.nextID
            state.nextID += 1
            let isWoken = !queue.isEmpty
            state.readers[id] = Reader(queue: queue, wake: wake, isWoken: isWoken)
            return Start(
                subscription: EventSubscription(log: self, id: id, source: source), seq: start, resumed: resumed,
                snapshot: snapshot)
        }
    }

    private func canResume(_ since: SubscriptionOptions.Position, _ state: State) -> Bool {
        guard since.instance == instance, since.seq <= state.seq else { return false }
        guard let oldest = state.ring.first?.seq else { return true }
        return since.seq + 1 >= oldest
    }

    /// The events from now on that `isWanted` picks, for parts of the daemon itself; ends when the stream is let go.
    package func events(where isWanted: @escaping @Sendable (EngineEvent) -> Bool) -> AsyncStream<EngineEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: EngineEvent.self)
        let id = state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.observers[id] = Observer(isWanted: isWanted, continuation: continuation)
            return id
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.observers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Calls `watcher` with every event from now on, within ``append(_:)``: what follows from an event is done before anybody
    /// is answered who caused it.
    ///
    /// - Returns: for ``unwatch(_:)``.
    package func watch(_ watcher: @escaping @Sendable (EngineEvent) -> Void) -> Int {
        state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.watchers[id] = watcher
            return id
        }
    }

    package func unwatch(_ id: Int) {
        state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }

    // MARK: For subscriptions

    func cancel(_ id: Int) {
        state.withLock { state in
            guard let reader = state.readers.removeValue(forKey: id) else { return }
            state.counters.dropped += reader.queue.droppedTotal
        }
    }

    /// The next lines of a reader, see ``EventSubscription/nextLines(upTo:)``.
    func nextLines(_ id: Int, upTo limit: UInt64, source: StatusSource) -> [UInt8]? {
        let first = state.withLock { state -> (lines: [UInt8]?, needsSnapshot: Bool) in
            guard let index = state.readers.index(forKey: id) else { return (nil, false) }
            return Self.nextLines(&state.readers.values[index], upTo: limit)
        }
        guard first.needsSnapshot else { return first.lines }
        // The status source has a lock of its own, so it is asked outside this one; what happens meanwhile is applied.
        let base = source()
        return state.withLock { state in
            guard let index = state.readers.index(forKey: id) else { return nil }
            let status = Self.status(base, state)
            return resynchronise(&state.readers.values[index].queue, status, at: state.seq)
        }
    }

    /// As many lines as make a good write: many readers of many events cost a system call for each write.
    private static func nextLines(
        _ reader: inout Reader, upTo limit: UInt64
    ) -> (lines: [UInt8]?, needsSnapshot: Bool) {
        if reader.queue.resynchronisation != .none { return (nil, true) }
        var lines: [UInt8] = []
        while lines.count < goodWrite, let record = reader.queue.next(upTo: limit) {
            lines += record.line(reader.queue.options.style, n: reader.queue.n)
        }
        guard lines.isEmpty else { return (lines, false) }
        if limit == .max { reader.isWoken = false }
        return (nil, false)
    }

    private func resynchronise(_ queue: inout SubscriberQueue, _ status: JSONObject, at seq: UInt64) -> [UInt8] {
        let style = queue.options.style
        let now = clock()
        var lines: [UInt8] = []
        if case .overflow(let dropped) = queue.resynchronisation {
            let overflow = EventRecord(
                seq: seq, instance: instance, microseconds: now, name: "overflow",
                fields: [
                    "dropped": .integer(Int64(clamping: dropped)),
                    "lastSeq": .integer(Int64(clamping: queue.deliveredSeq)),
                ])
            lines += overflow.line(style, n: queue.countLine())
        }
        let snapshot = EventRecord(
            seq: seq, instance: instance, microseconds: now, name: "snapshot", fields: ["status": .object(status)])
        lines += snapshot.line(style, n: queue.countLine())
        queue.resynchronised(at: seq)
        return lines
    }

    /// A `bookmark` line for a reader that has had nothing for a while; nil when something waits for it.
    func bookmarkLine(_ id: Int) -> [UInt8]? {
        state.withLock { state in
            guard let index = state.readers.index(forKey: id), state.readers.values[index].queue.isEmpty else {
                return nil
            }
            let bookmark = EventRecord(
                seq: state.seq, instance: instance, microseconds: clock(), name: "bookmark", fields: [:])
            let style = state.readers.values[index].queue.options.style
            return bookmark.line(style, n: state.readers.values[index].queue.countLine())
        }
    }
}
