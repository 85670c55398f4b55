import RTP
import Transport
import WebRTC

/// One peer on its worker: the transport, what it publishes and what it listens to.
final class PeerSession {
    let handle: ForwarderSession
    let connection: PeerConnection
    let events: @Sendable (ForwarderSessionEvent) -> Void
    /// The source of our RTCP to this peer.
    let reportSSRC: UInt32
    /// The canonical name that all streams to this peer share, so that they may be played in time with each other.
    let canonicalName: String

    /// Where media goes, and over which of the worker's sockets; nil while there is no path.
    var path: TransportTuple?
    var socket = 0
    /// The validated tuples that the worker's and the shared table hold for this session.
    var tuples: Set<TransportTuple> = []
    var ufrags: Set<UfragKey> = []

    /// By the section's index.
    var publications: [Int: Publication] = [:]
    /// By mid.
    var subscriptions: [String: Subscription] = [:]
    /// By SSRC, for what the peer reports about them.
    var subscriptionsBySSRC: [UInt32: Subscription] = [:]
    /// SSRCs are used once in a session: its keys do not change.
    private var usedSSRCs: Set<UInt32>

    /// For transport-wide feedback, if it was negotiated: one space of numbers for all sections.
    var arrivals: TransportArrivalRecorder?
    var copyAllowance = CopyAllowance()

    /// Whether what the way to the peer takes is in doubt, and what is found out about it then.
    var doubt = DownlinkDoubt()
    var downlink: Downlink?
    /// For the first doubt, which comes with a packet: that is no moment to ask for memory.
    var spareDownlink: Downlink?
    var hearing = DownlinkHearing()
    /// The transport-wide number at which the next doubt goes on.
    var transportNumber: UInt16 = 0
    var nextReport: MonotonicTime
    var nextFeedback = MonotonicTime.distantFuture
    var nextLossRequest = MonotonicTime.distantFuture

    var hasConnected = false
    var isDisconnected = false

    init(
        handle: ForwarderSession, connection: PeerConnection, random: inout RandomSource, now: MonotonicTime,
        events: @escaping @Sendable (ForwarderSessionEvent) -> Void
    ) {
        self.handle = handle
        self.connection = connection
        self.events = events
        reportSSRC = UInt32.random(in: 1...UInt32.max, using: &random)
        canonicalName = random.token(16)
        usedSSRCs = [reportSSRC]
        nextReport = now.advanced(byMilliseconds: 1000)
    }

    func makeSSRC(using random: inout RandomSource) -> UInt32 {
        while true {
            let ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
            if usedSSRCs.insert(ssrc).inserted { return ssrc }
        }
    }

    /// When this session wants attention without a datagram.
    var deadline: MonotonicTime {
        min(min(connection.deadline, nextReport), min(nextFeedback, nextLossRequest))
    }

    /// What can be numbered transport-wide.
    var numberedSubscriptions: some Collection<Subscription> { subscriptions.values.lazy.filter(\.carriesNumbers) }

    func publication(ssrc: UInt32) -> Publication? {
        for publication in publications.values where publication.ssrc == ssrc { return publication }
        return nil
    }
}
