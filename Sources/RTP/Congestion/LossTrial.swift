/// Finds out whether packets are lost because there are too many of them. See ``SendRateEstimator``.
///
/// Two steps, because the one that tells it apart best takes most away from a voice whose path loses at random:
///
/// 1. Three seconds of a fifth less, which leaves the copies in place that such a voice needs. A path that drops what is
///    over its rate R loses 1 − R / sent; the share that this predicts is compared with what comes.
/// 2. Where that looks like too much, three seconds of what arrived before. A full path loses next to nothing then, and
///    this stays the rate; else all is as before, and the loss is none of our doing.
struct LossTrial: Sendable {
    private static let length: Int64 = 3_000_000_000
    private static let packets = 45
    private static let firstPart = 0.8
    private static let secondPart = 0.95
    /// The loss from which on it is asked, and the windows before it is known well enough.
    private static let suspicious = 0.1
    private static let fewestWindows: Int64 = 8
    /// Between two trials when the loss has become another since, and otherwise.
    private static let shortestPause: Int64 = 5_000_000_000
    private static let firstPause: Int64 = 30_000_000_000
    private static let longestPause: Int64 = 300_000_000_000

    private struct Running: Sendable {
        let rateBefore: Double
        let lossBefore: Double
        let bitsBefore: Double
        var began: Int64
        var isSecond = false
        var packets = 0
        var lost = 0
        var bytes = 0
        var nanoseconds: Int64 = 0
    }

    /// Smoothed over some two seconds.
    private var loss = 0.0
    private var bits = 0.0
    private var windows: Int64 = 0
    /// The loss that was found to be none of our doing.
    private var accepted = 0.0
    private var nextAt = Int64.min / 2
    private var soonest = Int64.min / 2
    private var pause = LossTrial.firstPause
    private var running: Running?

    /// Nanoseconds in which what is sent still goes by the old rate.
    private let lag: Int64

    init(lag: Int64) {
        self.lag = lag
    }

    var isRunning: Bool { running != nil }

    /// The last answer of ``judge(lost:of:bytes:from:to:rate:least:now:)`` is what the path takes.
    private(set) var foundBottleneck = false

    /// More is lost than was found to be none of our doing.
    var isSuspicious: Bool { windows >= Self.fewestWindows && loss > Self.suspicious + accepted }

    /// Takes a window of packets; answers the rate to send with from now on when that changes.
    ///
    /// - Parameters:
    ///   - first: when the first of them was sent, and `last` the last.
    ///   - rate: that is sent with at most; infinite without a limit.
    ///   - least: that it cannot go below.
    mutating func judge(
        lost: Int, of packets: Int, bytes: Int, from first: Int64, to last: Int64, rate: Double, least: Double,
        now: Int64
    ) -> Double? {
        foundBottleneck = false
        let span = max(last - first, 1)
        if var trial = running {
            if first >= trial.began + lag {
                trial.packets += packets
                trial.lost += lost
                trial.bytes += bytes
                trial.nanoseconds += span
            }
            running = trial
            return goOn(trial, least: least, now)
        }
        let weight = windows < 7 ? 1 / Double(windows + 1) : 0.15
        windows += 1
        loss += (Double(lost) / Double(packets) - loss) * weight
        bits += (Double(bytes) * 8e9 / Double(span) - bits) * weight
        accepted = min(accepted, max(loss, accepted * 0.995))
        guard windows >= Self.fewestWindows, loss > Self.suspicious, now >= nextAt || isSuspicious && now >= soonest
        else { return nil }
        running = Running(rateBefore: rate, lossBefore: loss, bitsBefore: bits, began: now)
        return min(rate, bits) * Self.firstPart
    }

    private mutating func goOn(_ trial: Running, least: Double, _ now: Int64) -> Double? {
        guard trial.nanoseconds >= Self.length, trial.packets >= Self.packets else {
            // Nothing comes any more: no answer is none.
            return now - trial.began > 3 * Self.length ? giveUp(trial, loss: trial.lossBefore, now) : nil
        }
        let share = Double(trial.lost) / Double(trial.packets)
        let sent = Double(trial.bytes) * 8e9 / Double(trial.nanoseconds)
        let part = min(sent / max(trial.bitsBefore, 1), 1)
        guard !trial.isSecond else {
            // Where not all can be left out that is too much, the rest is lost as before.
            let isWhole = Self.second(trial) >= least
            let expected = isWhole ? 0 : max(0, 1 - (1 - trial.lossBefore) / max(part, 0.01))
            guard isWhole || part < 0.9, share < expected + (trial.lossBefore - expected) * 0.4 else {
                return giveUp(trial, loss: max(share, trial.lossBefore), now)
            }
            running = nil
            foundBottleneck = true
            (loss, bits, pause) = (share, sent, Self.firstPause)
            nextAt = now + Self.shortestPause
            soonest = nextAt
            return sent
        }
        let expected = max(0, 1 - (1 - trial.lossBefore) / max(part, 0.01))
        guard part < 0.9, share < (expected + trial.lossBefore) / 2 else {
            return giveUp(trial, loss: max(share, trial.lossBefore), now)
        }
        running = Running(
            rateBefore: trial.rateBefore, lossBefore: trial.lossBefore, bitsBefore: trial.bitsBefore, began: now,
            isSecond: true)
        return Self.second(trial)
    }

    /// What arrived before, and somewhat less.
    private static func second(_ trial: Running) -> Double {
        min(trial.rateBefore, trial.bitsBefore * (1 - trial.lossBefore)) * secondPart
    }

    /// Nothing was found: as before.
    private mutating func giveUp(_ trial: Running, loss share: Double, _ now: Int64) -> Double {
        running = nil
        accepted = share
        loss = share
        nextAt = now + pause
        soonest = now + Self.shortestPause
        pause = min(pause * 2, Self.longestPause)
        return trial.rateBefore
    }
}
