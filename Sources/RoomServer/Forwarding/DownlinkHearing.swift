import Transport

/// Whether a peer whose packets are numbered tells what came of them.
package struct DownlinkHearing {
    /// Who has not answered by then does not answer, ms: long ways take a second.
    private static let firstAnswer: Int64 = 3_000
    private static let longestSilence: Int64 = 10_000
    /// Packets that are sent before silence is one.
    private static let fewestPackets = 100

    package enum Verdict: Sendable {
        /// It does, or there was no time to.
        case answers
        /// It did before: nothing comes through. What was known of the way holds no longer.
        case isCutOff
        /// It never has, and is not one that does.
        case isDeaf
    }

    private var began = MonotonicTime.zero
    private var heard: MonotonicTime?
    /// It has answered before, be it over another way.
    private var isAble = false
    private var unanswered = 0

    package init() {}

    /// Packets are numbered from now on.
    package mutating func begin(now: MonotonicTime) {
        (began, heard, unanswered) = (now, nil, 0)
    }

    package mutating func packetSent() { unanswered += 1 }

    package mutating func feedbackArrived(now: MonotonicTime) {
        (heard, isAble, unanswered) = (now, true, 0)
    }

    package func verdict(now: MonotonicTime) -> Verdict {
        guard unanswered >= Self.fewestPackets else { return .answers }
        if isAble { return now > (heard ?? began).advanced(byMilliseconds: Self.longestSilence) ? .isCutOff : .answers }
        return now > began.advanced(byMilliseconds: Self.firstAnswer) ? .isDeaf : .answers
    }
}
