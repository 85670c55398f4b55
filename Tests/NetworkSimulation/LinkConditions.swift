import Transport

/// What a link does to datagrams in one direction. Times are in milliseconds.
package struct LinkConditions: Sendable {
    package var loss = LossModel.none
    /// Every datagram takes this long…
    package var delay: Double = 10
    /// …and up to this much longer, evenly distributed. More than the spacing of datagrams reorders them.
    package var jitter: Double = 0
    /// The probability that a datagram is held back by `reorderingDelay`, so that later ones overtake it.
    package var reordering: Double = 0
    package var reorderingDelay: Double = 30
    /// The probability that a datagram arrives twice, the second time up to `duplicationDelay` later.
    package var duplication: Double = 0
    package var duplicationDelay: Double = 20
    /// Times of the simulation during which nothing gets through.
    package var outages: [Range<MonotonicTime>] = []

    package init() {}

    /// A clean link.
    package static func clean(delay: Double = 10) -> LinkConditions {
        var conditions = LinkConditions()
        conditions.delay = delay
        return conditions
    }

    /// Loss, jitter, reordering and duplication at once.
    package static func rough(loss: Double = 0.1) -> LinkConditions {
        var conditions = LinkConditions()
        conditions.loss = .uniform(loss)
        conditions.delay = 30
        conditions.jitter = 30
        conditions.reordering = 0.05
        conditions.duplication = 0.05
        return conditions
    }
}
