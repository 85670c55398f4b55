import Transport

/// Which packets a path loses: each by itself, or in runs (the two states of Gilbert's model), drawn from a generator.
package struct LossPattern {
    /// Of the packets, 0…1.
    package let share: Double
    /// The mean length of a run of losses; 1: each packet is lost or not by itself.
    package let burst: Double
    private var isBad = false

    package init(share: Double, burst: Double) {
        self.share = share
        self.burst = burst
    }

    /// Whether the next packet is lost.
    package mutating func next(using random: inout RandomSource) -> Bool {
        let drawn = Double.random(in: 0..<1, using: &random)
        guard burst > 1 else { return drawn < share }
        isBad = isBad ? drawn >= 1 / burst : drawn < share / burst / (1 - share)
        return isBad
    }
}
