import RTP
import Synchronization

/// The listeners of one stream on one worker, in the order in which packets go out, and what was sent last: copies for
/// those who lose packets are made from it.
final class ListenerGroup {
    let route: StreamRoute
    private(set) var subscriptions: [Subscription] = []
    var copies = REDEncoder()
    var meter = StreamMeter()
    /// What the other workers are told of these listeners.
    private(set) var tally = ListenerTally()
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
        meter.clear(isHeldBack: isHeldBack)
    }

    /// A listener's line holds the publisher back.
    var isHeldBack: Bool { route.takesEstimates.load(ordering: .relaxed) && route.tally.ask != nil }

    func add(_ subscription: Subscription) {
        subscriptions.append(subscription)
        count(subscription)
    }

    func remove(_ subscription: Subscription) {
        subscriptions.removeAll { $0 === subscription }
        replace(subscription, by: ListenerTally())
    }

    /// Takes into the tally what has changed of a listener.
    func count(_ subscription: Subscription) {
        let isCounted = !subscription.isHeld
        replace(
            subscription, by: ListenerTally(count: isCounted ? 1 : 0, ask: isCounted ? subscription.share.ask : nil))
    }

    /// All are looked through only when the one that asks for least asks for more, or leaves.
    private func replace(_ subscription: Subscription, by present: ListenerTally) {
        let former = subscription.tallied
        subscription.tallied = present
        tally.count += present.count - former.count
        guard present.ask != former.ask else { return }
        if let ask = present.ask, ask <= tally.ask ?? .max {
            tally.ask = ask
        } else if former.ask == tally.ask {
            tally.ask = subscriptions.lazy.compactMap(\.tallied.ask).min()
        }
    }
}
