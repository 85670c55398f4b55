import Glibc
import Transport

/// A path's delays, packet by packet, made from a seed: what the jitter buffer's regression table, the comparison with
/// NetEq's rule and `zego-bench quality` run over.
package enum DelayTrace: String, CaseIterable, Sendable {
    case lan, wifi, cable, spikes, lte, congested, stalls

    /// The fastest way of every path, ms.
    package static let fastest = 5.0

    /// What the path is, for people.
    package var title: String {
        switch self {
        case .lan: "LAN"
        case .wifi: "good Wi-Fi"
        case .cable: "cable"
        case .spikes: "bad Wi-Fi (80 ms spikes)"
        case .lte: "LTE"
        case .congested: "congestion (200 ms spikes)"
        case .stalls: "stalls of 300 to 900 ms"
        }
    }

    /// When each of `count` packets, sent every `interval` ms, arrives, in ms after it was sent. On all of these paths
    /// packets wait for the one before them.
    package func delays(count: Int, interval: Double = 20, seed: UInt64) -> [Double] {
        var random = RandomSource.seeded(seed)
        var last = -Double.infinity
        var heldUntil = 0.0
        return (0..<count).map { index in
            let sent = Double(index) * interval
            var delay = Self.fastest
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
