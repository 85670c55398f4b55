/// What a reader asks of the event log.
package struct SubscriptionOptions: Sendable {
    /// Where a reader stopped: the daemon's instance and the last sequence number that it has seen.
    package struct Position: Sendable, Equatable {
        package var instance: String
        package var seq: UInt64

        package init(instance: String, seq: UInt64) {
            self.instance = instance
            self.seq = seq
        }
    }

    package var style: EventLineStyle
    package var filter: EventFilter = .everything
    /// Start with a snapshot as the first line (`events.sock`). A subscription of `control.sock` has it in its result.
    package var startsWithSnapshotLine = false
    /// Resume after this event instead of starting now.
    package var since: Position?
    /// The least time between two `sound-level` events, in microseconds; nil: as they come.
    package var soundLevelInterval: Int64?
    /// The least time between two quality events of one stream or user, in microseconds; nil: as they come.
    package var qualityInterval: Int64?

    package init(style: EventLineStyle) {
        self.style = style
    }

    func minimumInterval(of name: String) -> Int64? {
        switch name {
        case "sound-level": soundLevelInterval
        case "publisher-quality", "player-quality", "network-quality": qualityInterval
        default: nil
        }
    }
}
