/// The delay that libwebrtc's NetEq would keep (October 2024: `delay_manager.cc`, `underrun_optimizer.cc`,
/// `decision_logic.cc`), simulated from its published rule to compare with: arrival in ticks of 10 ms, the largest
/// relative delay of each half second in buckets of 20 ms that forget by 0.983, the quantile 0.95; one stretch of a
/// pitch period in 100 ms, two above four times the upper limit; what is missing is made up by the tick. In its favour: the delay is known exactly, where
/// NetEq filters a count of packets, and is kept within 20 ms above the target, where NetEq's default adds the largest
/// delay of the last two seconds.
struct NetEqRule {
    private static let period = 7.0

    private var histogram = (0..<100).map { 1 / Double(1 << UInt64(min($0 + 1, 60))) }
    private var entries = 0
    private var window: [(sent: Double, transit: Double)] = []
    private var intervalEnd: Double?
    private var largest = 0.0
    private var sinceStretch = 0.0
    private(set) var target = 80.0
    /// When a packet is played, ms after it was sent: what changes the base changes no moment of playing.
    private var playout: Double?

    private(set) var delays: [Double] = []
    private(set) var targets: [Double] = []
    /// ms.
    private(set) var concealed = 0.0
    private(set) var stretched = 0.0

    /// Takes a packet of 20 ms that was sent at `sent` and came `delay` later, ms; plays it.
    mutating func play(sent: Double, delay path: Double) {
        let arrival = ((sent + path) / 10).rounded(.up) * 10
        let transit = arrival - sent
        if let first = window.first, first.sent < sent - 2200 { window.removeAll { $0.sent < sent - 2000 } }
        window.append((sent, transit))
        let base = window.reduce(transit) { min($0, $1.transit) }
        let relative = transit - base
        let played = playout ?? base + target
        if let end = intervalEnd, arrival >= end {
            enter(largest)
            intervalEnd = arrival + 500
            largest = 0
        } else if intervalEnd == nil {
            intervalEnd = arrival + 500
        }
        largest = max(largest, relative)
        if transit > played { concealed += ((transit - played) / 10).rounded(.up) * 10 }
        let delay = max(played, transit) - base
        delays.append(delay)
        targets.append(target)
        playout = base + stretched(delay)
    }

    private mutating func stretched(_ delay: Double) -> Double {
        sinceStretch += 20
        guard sinceStretch >= 100 else { return delay }
        var change = 0.0
        if delay >= 4 * (target + 20) {
            change = -2 * Self.period
        } else if delay > target + 20 {
            change = -Self.period
        } else if delay < target {
            change = Self.period
        }
        guard change != 0 else { return delay }
        sinceStretch = 0
        stretched += abs(change)
        return delay + change
    }

    private mutating func enter(_ delay: Double) {
        entries += 1
        let keep = min(0.983, 1 - 2 / Double(entries + 1))
        let bucket = min(Int(delay / 20), 99)
        for index in histogram.indices { histogram[index] = histogram[index] * keep + (index == bucket ? 1 - keep : 0) }
        var sum = 0.0
        for (index, weight) in histogram.enumerated() {
            sum += weight
            if sum >= 0.95 {
                target = Double(index + 1) * 20
                return
            }
        }
    }
}
