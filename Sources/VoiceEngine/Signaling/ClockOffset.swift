import Transport

/// How far the room server's clock is from ours, from the `ping`s: of the last pings the one with the shortest round
/// trip tells best, for its two ways had the least room to differ.
package struct ClockOffset: Sendable {
    private struct Sample {
        let roundTrip: Int64
        let offset: Int64
    }

    /// How many pings count; with one every 10 s or so that is a few minutes, over which clocks hardly drift apart.
    private static let window = 16
    private var samples: [Sample] = []
    private var oldest = 0

    package init() {}

    /// A ping has been answered.
    ///
    /// - Parameters:
    ///   - sent: when it was sent.
    ///   - received: when its answer came.
    ///   - server: what the server's clock said in between, in nanoseconds.
    package mutating func add(sent: MonotonicTime, received: MonotonicTime, server: Int64) {
        let roundTrip = received.nanoseconds(since: sent)
        guard roundTrip >= 0 else { return }
        let sample = Sample(roundTrip: roundTrip, offset: server &- (sent.nanoseconds &+ roundTrip / 2))
        if samples.count < Self.window {
            samples.append(sample)
        } else {
            samples[oldest] = sample
            oldest = (oldest + 1) % Self.window
        }
    }

    private var best: Sample? { samples.min { $0.roundTrip < $1.roundTrip } }

    /// What is to be added to our monotonic clock to get the server's, in nanoseconds; nil before the first answer.
    package var nanoseconds: Int64? { best?.offset }

    /// The shortest round trip of late, in nanoseconds: the offset is at most half of it off.
    package var roundTripNanoseconds: Int64? { best?.roundTrip }
}
