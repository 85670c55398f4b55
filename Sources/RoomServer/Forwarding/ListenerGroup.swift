import RTP

/// The listeners of one stream on one worker, in the order in which packets go out, and what was sent last: copies for
/// those who lose packets are made from it.
final class ListenerGroup {
    let route: StreamRoute
    private(set) var subscriptions: [Subscription] = []
    var copies = REDEncoder()
    var meter = StreamMeter()
    /// Whose packets ``copies`` holds.
    private var source: UInt64 = 0

    init(route: StreamRoute) {
        self.route = route
    }

    /// Packets of `source` come: those of another are of no use any more.
    func begin(_ source: UInt64) {
        guard self.source != source else { return }
        self.source = source
        copies.removeAll()
        meter.clear()
    }

    /// What the other workers are told of these listeners.
    var tally: ListenerTally {
        var sum = ListenerTally()
        for subscription in subscriptions where !subscription.isHeld {
            sum.count += 1
            if let ask = subscription.share.ask { sum.ask = min(sum.ask ?? .max, ask) }
        }
        return sum
    }

    func add(_ subscription: Subscription) {
        subscriptions.append(subscription)
    }

    func remove(_ subscription: Subscription) {
        subscriptions.removeAll { $0 === subscription }
    }
}
