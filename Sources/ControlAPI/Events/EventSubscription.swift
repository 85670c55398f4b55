/// One reader's place in the event log. Ends with ``cancel()``, which its owner has to call.
package final class EventSubscription: Sendable {
    private let log: EventLog
    private let id: Int
    private let source: StatusSource

    init(log: EventLog, id: Int, source: @escaping StatusSource) {
        self.log = log
        self.id = id
        self.source = source
    }

    /// The next line or lines (with LF) to give to the reader; nil when there is nothing.
    ///
    /// - Parameter limit: only events up to this number, for what has to be written before a reply; without a limit
    ///   a nil also says that `wake` will be called again.
    package func nextLines(upTo limit: UInt64 = .max) -> [UInt8]? {
        log.nextLines(id, upTo: limit, source: source)
    }

    /// A `bookmark` line, unless something waits for the reader.
    package func bookmarkLine() -> [UInt8]? {
        log.bookmarkLine(id)
    }

    /// Ends the subscription; nothing is given out afterwards.
    package func cancel() {
        log.cancel(id)
    }
}
