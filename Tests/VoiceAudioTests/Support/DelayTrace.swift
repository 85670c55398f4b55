import Glibc
import Transport

/// A path's delays, packet by packet, made from a seed: what the regression table and the comparison run over.
enum DelayTrace: String, CaseIterable {
    case lan, wifi, cable, spikes, lte, congested, stalls

    /// When each of `count` packets of 20 ms arrives, in ms after it was sent. On all of these paths packets wait for
    /// the one before them.
    func delays(count: Int, seed: UInt64) -> [Double] {
        var random = RandomSource.seeded(seed)
        var last = -Double.infinity
        var heldUntil = 0.0
        return (0..<count).map { index in
            let sent = Double(index) * 20
            var delay = 5.0
            switch self {
            case .lan: delay += Double.random(in: 0...1, using: &random)
            case .wifi: delay += Self.gamma(shape: 1, mean: 3, &random)
            case .cable: delay += Self.gamma(shape: 2, mean: 8, &random)
            case .spikes:
                delay += Self.gamma(shape: 1, mean: 3, &random)
                if Int.random(in: 0..<200, using: &random) == 0 { delay += 80 }
            case .lte: delay += Self.gamma(shape: 2, mean: 20, &random)
            case .congested:
                delay += Self.gamma(shape: 2, mean: 10, &random)
                if Int.random(in: 0..<100, using: &random) == 0 { delay += Double.random(in: 50...200, using: &random) }
            case .stalls:
                delay += Self.gamma(shape: 1, mean: 2, &random)
                if Int.random(in: 0..<500, using: &random) == 0 {
                    heldUntil = sent + Double.random(in: 300...900, using: &random)
                }
                delay = max(delay, heldUntil - sent)
            }
            last = max(last, sent + delay)
            return last - sent
        }
    }

    private static func gamma(shape: Int, mean: Double, _ random: inout RandomSource) -> Double {
        (0..<shape).reduce(0) { sum, _ in sum - log(Double.random(in: 1e-9...1, using: &random)) } * mean
            / Double(shape)
    }
}
