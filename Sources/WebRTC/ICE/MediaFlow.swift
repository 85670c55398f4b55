import Transport

/// Notices that a flow of packets has stopped, at the cost of a store per packet. A network that changed under us (a
/// NAT's mapping gone, a cable pulled) is so found within half a second, not at the next consent check.
struct MediaFlow {
    private static let packetsOfAFlow = 5

    private var lastAt = MonotonicTime.zero
    private var packets = 0
    /// When to look whether the flow still runs. Moves at each look, not with each packet.
    private(set) var nextLookAt = MonotonicTime.distantFuture

    mutating func notePacket(now: MonotonicTime, silence: Int64) {
        lastAt = now
        packets += 1
        if packets == Self.packetsOfAFlow { nextLookAt = now.advanced(byMilliseconds: silence) }
    }

    /// True once if a flow has stopped for `silence` milliseconds.
    mutating func hasStopped(now: MonotonicTime, silence: Int64) -> Bool {
        guard now >= nextLookAt else { return false }
        let suspiciousAt = lastAt.advanced(byMilliseconds: silence)
        if now < suspiciousAt {
            nextLookAt = suspiciousAt
            return false
        }
        packets = 0
        nextLookAt = .distantFuture
        return true
    }
}
