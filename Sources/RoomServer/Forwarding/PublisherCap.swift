import RTP
import Transport

/// When a publisher is told what its listeners' lines take (``RTCPReceiverEstimate``): at once when that has changed, and
/// every second as long as it holds, because who is told no more takes it for over. When it is over that is said too, some
/// times: others than our engine keep what they were told.
package struct PublisherCap {
    /// More than anybody sends, and what 18 bits can say.
    package static let none: UInt64 = 1 << 30
    private static let interval: Int64 = 1_000_000_000
    private static let farewells = 5

    private var told: Int?
    private var toldAt = MonotonicTime.zero
    private var farewellsLeft = 0

    package init() {}

    /// What is to be said now, bits per second; nil: nothing.
    ///
    /// - Parameter ask: what the listeners' lines take; nil: all that is sent.
    package mutating func due(_ ask: Int?, now: MonotonicTime) -> UInt64? {
        let isOver = now.nanoseconds(since: toldAt) >= Self.interval
        if let ask {
            // Some hundredths more can wait for the next second.
            let isNew = told.map { ask < $0 || ask > $0 + $0 / 32 } ?? true
            guard isNew || isOver else { return nil }
            (told, toldAt, farewellsLeft) = (ask, now, Self.farewells)
            return UInt64(ask)
        }
        guard farewellsLeft > 0, told != nil || isOver else { return nil }
        (told, toldAt) = (nil, now)
        farewellsLeft -= 1
        return Self.none
    }
}
