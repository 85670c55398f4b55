#if canImport(Glibc)
    import Glibc
#endif

/// The mean opinion score that a listener would give, by the E-model (ITU-T G.107, 06/2015).
///
/// With every default of the recommendation the basic signal-to-noise ratio and the simultaneous impairments make
/// R = 93.2. From that come off the impairment of delay (G.107 section 3.5; echo is taken as cancelled, so only Idd counts) and
/// that of lost sound (section 3.6).
package enum EModel {
    /// Ro − Is with every default of G.107.
    package static let basicRating = 93.2

    /// How well Opus with its own concealment stands random loss (Bpl of section 3.6). G.113 lists no value for Opus;
    /// 10 reproduces the scores measured with libopus 1.3.1 at 5, 10 and 20 % random loss (3.19, 2.34, 1.65) within 0.1.
    static let packetLossRobustness = 10.0

    /// The score, 1–4.5.
    ///
    /// - Parameters:
    ///   - lossRate: the share of frames lost after repair, or too late, 0–1.
    ///   - burstRatio: the mean length of a run of losses, over that which random loss of the same rate would have; at least 1.
    ///   - oneWayDelayMs: from mouth to ear.
    package static func meanOpinionScore(lossRate: Double, burstRatio: Double, oneWayDelayMs: Double) -> Double {
        let rating =
            basicRating - delayImpairment(oneWayDelayMs)
            - lossImpairment(lossRate: lossRate, burstRatio: burstRatio)
        return meanOpinionScore(rating: rating)
    }

    /// The score of a transmission rating R (G.107 Annex B).
    package static func meanOpinionScore(rating: Double) -> Double {
        if rating <= 0 { return 1 }
        if rating >= 100 { return 4.5 }
        // The cubic dips below 1 for ratings under 6.5.
        return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
    }

    /// The rating R that has this score; never above ``basicRating``, which is the best that a call can be here.
    package static func rating(meanOpinionScore score: Double) -> Double {
        var (low, high) = (6.5, basicRating)
        for _ in 0..<30 {
            let middle = (low + high) / 2
            if meanOpinionScore(rating: middle) < score { low = middle } else { high = middle }
        }
        return high
    }

    /// Idd (equations 7-27 and 7-28 with sT = 1, mT = 100 ms).
    package static func delayImpairment(_ oneWayDelayMs: Double) -> Double {
        guard oneWayDelayMs > 100, oneWayDelayMs.isFinite else { return 0 }
        let x = log2(oneWayDelayMs / 100)
        return 25 * (sixthRoot(1 + sixthPower(x)) - 3 * sixthRoot(1 + sixthPower(x / 3)) + 2)
    }

    /// Ie,eff (equation 7-29) with Ie = 0, for Opus at the bit rates in use here is not impaired by itself.
    package static func lossImpairment(lossRate: Double, burstRatio: Double) -> Double {
        let percent = min(max(lossRate, 0), 1) * 100
        return 95 * percent / (percent / max(burstRatio, 1) + packetLossRobustness)
    }

    /// The burst ratio of a record: `lost` frames of `total`, in `runs` uninterrupted runs.
    package static func burstRatio(lost: UInt64, runs: UInt64, total: UInt64) -> Double {
        guard lost > 0, runs > 0, total > lost else { return 1 }
        let meanRun = Double(lost) / Double(runs)
        // Random loss of rate p comes in runs of 1 / (1 − p) on average.
        return max(1, meanRun * (1 - Double(lost) / Double(total)))
    }

    private static func sixthPower(_ x: Double) -> Double { x * x * x * x * x * x }
    private static func sixthRoot(_ x: Double) -> Double { pow(x, 1.0 / 6) }
}
