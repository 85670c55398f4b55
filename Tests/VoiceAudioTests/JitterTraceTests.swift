import Testing
import Transport
import VoiceAudio
import VoiceSimulation

/// Three minutes over each kind of path: what the buffer costs in delay, in sound made up and in stretched time, held
/// against bounds, and side by side with NetEq's rule in the same run. The whole table is printed.
@Suite("The jitter buffer on the paths of the world, in virtual time")
struct JitterTraceTests {
    struct Row {
        var target = 0.0
        var delay = 0.0
        /// Percent.
        var concealed = 0.0
        /// ms per second.
        var stretched = 0.0

        /// The E-model's R with 50 ms outside of the buffer.
        var rating: Double {
            EModel.basicRating - EModel.delayImpairment(delay + 50)
                - EModel.lossImpairment(lossRate: concealed / 100, burstRatio: 1)
        }

        var text: String {
            "target \(Self.fixed(target)) ms, delay \(Self.fixed(delay)) ms, made up \(Self.fixed(concealed)) %, "
                + "stretched \(Self.fixed(stretched)) ms/s, R \(Self.fixed(rating))"
        }

        private static func fixed(_ value: Double) -> String {
            let scaled = Int((value * 100).rounded())
            let rest = abs(scaled % 100)
            return "\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
        }
    }

    static let packets = 9000
    static let seeds: [UInt64] = [1, 2]

    static func ours(_ trace: DelayTrace, seed: UInt64) -> Row {
        let delays = trace.delays(count: packets, seed: seed)
        let payloads = Array(repeating: MockPacket.plain, count: packets)
        var listener = Listener()
        listener.stretches = true
        listener.listen(
            to: VirtualPath(delay: { delays[$0] }).arrivals(payloads),
            until: MonotonicTime(nanoseconds: Int64(packets) * 20_000_000))
        let seconds = Double(packets) / 50
        return Row(
            target: mean(listener.targets), delay: mean(listener.delays),
            concealed: Double(listener.concealedSamples) / 480 / seconds,
            stretched: Double(listener.removedSamples + listener.addedSamples) / 48 / seconds)
    }

    static func netEq(_ trace: DelayTrace, seed: UInt64) -> Row {
        var rule = NetEqRule()
        for (index, delay) in trace.delays(count: packets, seed: seed).enumerated() {
            rule.play(sent: Double(index) * 20, delay: delay)
        }
        let seconds = Double(packets) / 50
        return Row(
            target: mean(rule.targets), delay: mean(rule.delays), concealed: rule.concealed / 10 / seconds,
            stretched: rule.stretched / seconds)
    }

    /// A little above what was measured when this was written.
    private static func bounds(of trace: DelayTrace) -> (delay: Double, concealed: Double, stretched: Double) {
        switch trace {
        case .lan: (14, 0.005, 0.5)
        case .wifi: (37, 0.03, 0.8)
        case .cable: (54, 0.04, 1)
        case .spikes: (105, 0.08, 2)
        case .lte: (110, 0.15, 2.5)
        case .congested: (190, 0.8, 10)
        case .stalls: (95, 7, 32)
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    private static func mean(_ rows: [Row]) -> Row {
        Row(
            target: mean(rows.map(\.target)), delay: mean(rows.map(\.delay)), concealed: mean(rows.map(\.concealed)),
            stretched: mean(rows.map(\.stretched)))
    }

    @Test("less delay than NetEq's rule, and no lower a rating", arguments: DelayTrace.allCases)
    func regression(trace: DelayTrace) {
        let ours = Self.mean(Self.seeds.map { Self.ours(trace, seed: $0) })
        let theirs = Self.mean(Self.seeds.map { Self.netEq(trace, seed: $0) })
        print("\(trace.rawValue): \(ours.text)")
        print("\(trace.rawValue), NetEq's rule: \(theirs.text)")
        // Three quarters of a point of R are a hundredth or two of MOS.
        #expect(ours.rating >= theirs.rating - 0.75)
        #expect(ours.delay < theirs.delay)
        // The regression table proper.
        let bounds = Self.bounds(of: trace)
        #expect(ours.delay < bounds.delay && ours.concealed < bounds.concealed && ours.stretched < bounds.stretched)
    }
}
