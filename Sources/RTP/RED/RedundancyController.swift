/// Decides from what a receiver reports how much redundancy its leg needs. A plain value: reports go in, ``level``,
/// ``spacing`` and ``expectedLossPercent`` come out.
///
/// Loss is smoothed over about 400 packets, so that a single lost packet in a clean minute changes nothing, and a line that
/// loses one packet in ten, in runs, is not taken for one that loses two. On a line that was good, three or more in one
/// report are believed at once, because a listener hears them now. Redundancy comes at the thresholds and
/// goes only when the loss has been clearly below them for ten seconds: what is lost next comes soon after what was
/// lost last, and each change is a change of the encoder's quality too.
package struct RedundancyController: Sendable {
    /// Nanoseconds clearly below a threshold before the level goes down, one at a time.
    private static let patience: Int64 = 10_000_000_000
    /// From this burst ratio on losses come in runs, and in long ones; below the lowest they do not.
    private static let bursty = 1.5
    private static let longRuns = 4.0
    private static let single = 1.25
    /// What the loss is multiplied by to see whether less redundancy would do.
    private static let caution = 1.2
    /// Losses that must have been seen before copies come closer together.
    private static let enoughLosses: Int64 = 3
    /// Packets over which loss is smoothed.
    private static let memory = 400.0
    /// After so many packets without a loss it is forgotten sooner: 2 s.
    private static let fewestClean: Int64 = 100
    /// Losses over which runs are averaged.
    private static let runMemory = 100.0
    /// Below this share a line counts as good.
    private static let good = 0.05
    /// Reports with fewer packets tell nothing.
    private static let fewestPackets: Int64 = 5

    /// The share of packets lost, smoothed, 0…1.
    package private(set) var loss = 0.0
    /// The mean length of a run of losses, over about the last hundred; 1 when that is not known.
    package var meanRun: Double { lostInRuns / runs }
    package private(set) var level = RedundancyLevel.none
    /// How far apart the copies are to be, 1…3 (``RedundancyLevel/distance(_:spacing:)``). As long as nothing is known of runs they are taken for likely.
    package private(set) var spacing = 2
    private var lostInRuns = 1.0
    private var runs = 1.0
    private var packetsWithRuns = 1.0
    private var seenInRuns: Int64 = 0
    /// Packets that reports have spoken of; 0: nothing is known.
    package private(set) var reportedPackets: Int64 = 0
    private var cleanPackets: Int64 = 0
    /// Since when the loss is too low for the level.
    private var calmSince: Int64?

    package init() {}

    /// The hint for an encoder's redundancy in band. Never above what was measured: a hint of 20 % costs up to 1.4
    /// points of PESQ on a clean line.
    package var expectedLossPercent: Int { min(Int((loss * 100).rounded()), 20) }

    /// Takes a report about the packets since the last one.
    ///
    /// - Parameters:
    ///   - lost: of `expected`; negative (more duplicates than losses) counts as 0.
    ///   - runs: uninterrupted runs that the losses came in; 0: not known.
    package mutating func report(lost: Int64, of expected: Int64, runs: Int64, nowNanoseconds now: Int64) {
        guard expected >= Self.fewestPackets else { return }
        let lost = min(max(lost, 0), expected)
        reportedPackets += expected
        let share = Double(lost) / Double(expected)
        cleanPackets = lost == 0 ? cleanPackets + expected : 0
        let memory = cleanPackets >= Self.fewestClean ? Self.memory / 3 : Self.memory
        let usual = min(Double(expected) / memory, 1)
        let weight = loss < Self.good && share > loss && lost >= 3 ? max(usual, 0.5) : usual
        loss += (share - loss) * weight
        if lost > 0, runs > 0 {
            let kept = max(1 - Double(lost) / Self.runMemory, 0)
            lostInRuns = lostInRuns * kept + Double(lost)
            packetsWithRuns = packetsWithRuns * kept + Double(expected)
            self.runs = self.runs * kept + Double(min(runs, lost))
            seenInRuns += lost
            space()
        }
        adapt(now)
    }

    private mutating func adapt(_ now: Int64) {
        let wanted = Self.level(loss: loss, isBursty: isBursty)
        if wanted >= level {
            if wanted > level { level = wanted }
            calmSince = nil
            return
        }
        guard Self.level(loss: loss * Self.caution, isBursty: isBursty) < level else {
            calmSince = nil
            return
        }
        let since = calmSince ?? now
        calmSince = since
        guard now - since >= Self.patience, let lower = RedundancyLevel(rawValue: level.rawValue - 1) else { return }
        level = lower
        calmSince = now
    }

    private var burstRatio: Double { meanRun * max(1 - lostInRuns / packetsWithRuns, 0) }
    private var isBursty: Bool { burstRatio >= Self.bursty }

    private mutating func space() {
        if burstRatio >= Self.longRuns {
            spacing = 3
        } else if isBursty {
            spacing = 2
        } else if burstRatio < Self.single, seenInRuns >= Self.enoughLosses {
            spacing = 1
        }
    }

    private static func level(loss: Double, isBursty: Bool) -> RedundancyLevel {
        switch loss {
        case 0.25...: .heavy
        case 0.16...: isBursty ? .heavy : .strong
        case 0.09...: .strong
        case 0.05...: isBursty ? .strong : .medium
        case 0.03...: isBursty ? .medium : .light
        case 0.01...: .light
        default: .none
        }
    }
}
