/// Counters of a ``PeerConnection`` since it was made.
package struct PeerConnectionStatistics: Sendable {
    /// Connectivity and consent checks sent, answered by the peer, and received with good integrity.
    package internal(set) var checksSent: UInt64 = 0
    package internal(set) var checksAnswered: UInt64 = 0
    package internal(set) var checksReceived: UInt64 = 0
    /// The round trip of the last answered check, in nanoseconds; nil before the first (always nil on a lite agent).
    package internal(set) var roundTripNanoseconds: Int64?
    /// How often media moved to another pair of addresses after the first.
    package internal(set) var pathChanges: UInt64 = 0
    /// RTP and RTCP packets that were opened.
    package internal(set) var rtpPacketsReceived: UInt64 = 0
    package internal(set) var rtcpPacketsReceived: UInt64 = 0
    private var drops = InlineArray<16, UInt64>(repeating: 0)

    package init() {}

    /// How many datagrams were dropped for `reason`.
    package func dropped(_ reason: DropReason) -> UInt64 {
        drops[Int(reason.rawValue)]
    }

    /// How many datagrams were dropped for any reason.
    package var droppedInAll: UInt64 {
        DropReason.allCases.reduce(0) { $0 + dropped($1) }
    }

    mutating func countDrop(_ reason: DropReason) {
        drops[Int(reason.rawValue)] &+= 1
    }
}
