/// Counters of a ``Forwarder`` (or of one worker) since its start.
package struct ForwarderStatistics: Sendable, Hashable {
    package var sessions = 0
    package var publishedStreams = 0
    package var playedStreams = 0
    /// Listeners whose packets are numbered, because what their way takes is in doubt; and those whose way takes less than
    /// they would have.
    package var listenersWatched = 0
    package var listenersLimited = 0
    /// Media packets of publishers, and their bytes as they came over the network.
    package var packetsReceived: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    /// Media packets to listeners.
    package var packetsForwarded: UInt64 = 0
    package var bytesForwarded: UInt64 = 0
    /// Lost between publishers and us, as far as their sequence numbers tell.
    package var packetsLost: Int64 = 0
    package var retransmissionsRequested: UInt64 = 0
    /// Packets of publishers that came after they had been asked for again.
    package var packetsRecovered: UInt64 = 0
    /// Packets of publishers that were lost and came as copies inside later ones (RED).
    package var packetsRestored: UInt64 = 0
    /// Media packets to listeners that carried copies of earlier ones.
    package var packetsWithCopies: UInt64 = 0
    /// Packets sent again because a listener missed them, and requests that came too late.
    package var packetsRetransmitted: UInt64 = 0
    package var retransmissionsMissed: UInt64 = 0
    /// Reports about the arrival of packets (transport-wide feedback) to publishers.
    package var arrivalReports: UInt64 = 0
    /// Times that publishers were told what the lines of their listeners take.
    package var publishersCapped: UInt64 = 0
    /// Datagrams that came in at a worker that does not own the session, and were handed over.
    package var datagramsHandedOver: UInt64 = 0
    /// Media packets handed to another worker for its listeners.
    package var packetsHandedOver: UInt64 = 0
    /// Messages lost because another worker's mailbox was full.
    package var handOversDropped: UInt64 = 0
    /// Datagrams of no session: garbage, scans, late packets of closed sessions.
    package var datagramsUnknown: UInt64 = 0
    /// Datagrams of a session that its `PeerConnection` refused (authentication, replay, unvalidated path, …).
    package var datagramsRefused: UInt64 = 0
    /// Datagrams that the kernel did not take for sending.
    package var datagramsNotSent: UInt64 = 0
    /// `sendmmsg` calls.
    package var sendCalls: UInt64 = 0
    /// CPU time of the worker threads.
    package var cpuNanoseconds: Int64 = 0

    package init() {}

    static func += (sum: inout ForwarderStatistics, other: ForwarderStatistics) {
        sum.sessions += other.sessions
        sum.publishedStreams += other.publishedStreams
        sum.playedStreams += other.playedStreams
        sum.listenersWatched += other.listenersWatched
        sum.listenersLimited += other.listenersLimited
        sum.packetsReceived &+= other.packetsReceived
        sum.bytesReceived &+= other.bytesReceived
        sum.packetsForwarded &+= other.packetsForwarded
        sum.bytesForwarded &+= other.bytesForwarded
        sum.packetsLost &+= other.packetsLost
        sum.retransmissionsRequested &+= other.retransmissionsRequested
        sum.packetsRecovered &+= other.packetsRecovered
        sum.packetsRestored &+= other.packetsRestored
        sum.packetsWithCopies &+= other.packetsWithCopies
        sum.packetsRetransmitted &+= other.packetsRetransmitted
        sum.retransmissionsMissed &+= other.retransmissionsMissed
        sum.arrivalReports &+= other.arrivalReports
        sum.publishersCapped &+= other.publishersCapped
        sum.datagramsHandedOver &+= other.datagramsHandedOver
        sum.packetsHandedOver &+= other.packetsHandedOver
        sum.handOversDropped &+= other.handOversDropped
        sum.datagramsUnknown &+= other.datagramsUnknown
        sum.datagramsRefused &+= other.datagramsRefused
        sum.datagramsNotSent &+= other.datagramsNotSent
        sum.sendCalls &+= other.sendCalls
        sum.cpuNanoseconds &+= other.cpuNanoseconds
    }
}
