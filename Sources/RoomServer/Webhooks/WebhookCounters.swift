/// What was counted of webhooks since the start, for `/metrics`.
package struct WebhookCounters: Hashable, Sendable {
    /// Events that were taken by the receiver.
    package var delivered: UInt64 = 0
    /// Requests that failed.
    package var failures: UInt64 = 0
    /// Events that were given up, or had no place in the queue.
    package var lost: UInt64 = 0

    package init(delivered: UInt64 = 0, failures: UInt64 = 0, lost: UInt64 = 0) {
        self.delivered = delivered
        self.failures = failures
        self.lost = lost
    }
}
