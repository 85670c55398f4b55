/// The listeners of one stream on one worker, in the order in which packets go out.
final class ListenerGroup {
    let route: StreamRoute
    private(set) var subscriptions: [Subscription] = []

    init(route: StreamRoute) {
        self.route = route
    }

    func add(_ subscription: Subscription) {
        subscriptions.append(subscription)
    }

    func remove(_ subscription: Subscription) {
        subscriptions.removeAll { $0 === subscription }
    }
}
