import RTP
import Transport
import WebRTC

/// One published stream on the media thread.
final class StreamSender {
    let token: UInt64
    let mid: String
    /// The channel of the audio thread that feeds it.
    let channel: Int
    var packetizer: Packetizer
    let history = SentPacketHistory()
    /// The last frames, for the copies that go along with the next ones.
    var copies = REDEncoder()
    /// What the far end tells of the loss, and what follows from it.
    var loss = LossFeedback()
    var plan: StreamPlan?
    /// What the listeners' lines take.
    var cap = ListenerCap()
    let track: LocalTrack
    /// What was agreed; nil until the answer accepts the stream.
    var section: NegotiatedSection?
    /// `section.mid` as it travels.
    let identifier: MediaIdentifier?
    var hasSent = false
    var statistics = MediaStatistics.Sent()
    private var firstReportedSequence: Int64?
    /// Of extended sequence numbers, which wrap as timestamps do.
    private var reports = TimestampUnwrapper()

    init(
        token: UInt64, mid: String, channel: Int, streamID: String, cname: String, stereo: Bool,
        random: inout RandomSource
    ) {
        self.token = token
        self.mid = mid
        self.channel = channel
        packetizer = Packetizer(random: &random)
        track = LocalTrack(ssrc: packetizer.ssrc, streamID: streamID, cname: cname, stereo: stereo)
        identifier = MediaIdentifier(mid)
    }

    /// Who it is in the ``PathEstimate``.
    var number: UInt8 { UInt8(truncatingIfNeeded: token) }

    /// Whether packets may go out.
    var isAccepted: Bool { section?.direction == .sendonly }

    /// What the room server says of what it received.
    func report(_ block: RTCPReportBlock, arrival: NTPTime) {
        statistics.lost = Int64(block.cumulativeLost)
        let highest = reports.unwrap(block.highestSequenceNumber)
        let first = firstReportedSequence ?? Int64(packetizer.firstSequenceNumber)
        firstReportedSequence = first
        statistics.expected = max(0, highest - first + 1)
        if let roundTrip = block.roundTripNanoseconds(arrival: arrival) {
            statistics.roundTripNanoseconds = roundTrip
        }
    }
}
