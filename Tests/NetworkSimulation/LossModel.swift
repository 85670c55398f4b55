import Transport

/// How a link loses datagrams.
package enum LossModel: Sendable {
    case none
    /// Each with the same probability.
    case uniform(Double)
    /// Bursts (Gilbert, Elliott): a good state without loss and a bad one that loses with `lossWhenBad`; for each
    /// datagram the state changes with the given probabilities.
    case gilbertElliott(goodToBad: Double, badToGood: Double, lossWhenBad: Double)
}

/// The running state of a ``LossModel``.
struct LossState {
    private var isBad = false

    mutating func loses(_ model: LossModel, random: inout RandomSource) -> Bool {
        switch model {
        case .none:
            return false
        case .uniform(let probability):
            return Double.random(in: 0..<1, using: &random) < probability
        case .gilbertElliott(let goodToBad, let badToGood, let lossWhenBad):
            let change = Double.random(in: 0..<1, using: &random)
            isBad = isBad ? change >= badToGood : change < goodToBad
            return isBad && Double.random(in: 0..<1, using: &random) < lossWhenBad
        }
    }
}
