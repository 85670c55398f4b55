/// What the sender of a transport learns of its path: it numbers its packets transport-wide, and from the feedback about
/// them (draft-holmer-rmcat-transport-wide-cc-extensions-01) follows what was lost of each stream and how much the path
/// takes (``SendRateEstimator``). Its memory is taken once; nothing allocates per packet.
package struct PathEstimate: ~Copyable {
    /// Bytes of IPv4 and UDP.
    package static var networkOverhead: Int { 28 }

    /// The transport-wide number of the next packet.
    package private(set) var nextNumber: UInt16
    private var sent: SentPacketLog
    private var gaps = FeedbackGaps()
    private var rate: SendRateEstimator

    /// - Parameters:
    ///   - reaction: see ``SendRateEstimator/init(reaction:)``.
    ///   - streams: see ``makeRoom(streams:)``.
    package init(firstNumber: UInt16 = 0, reaction: Int64 = 150_000_000, streams: Int = 1) {
        nextNumber = firstNumber
        sent = SentPacketLog(streams: streams)
        rate = SendRateEstimator(reaction: reaction)
    }

    /// Bits per second with all headers that the path is taken to be good for; nil: more than is wanted.
    package var limit: Double? { rate.limit }

    /// So many streams go over the path from now on. Allocates when they have become many more.
    package mutating func makeRoom(streams: Int) { sent.makeRoom(streams: streams) }

    /// A packet goes out under ``nextNumber``.
    ///
    /// - Parameters:
    ///   - stream: whose it is, as the caller numbers its streams.
    ///   - bytes: of the datagram, without headers of the network.
    package mutating func packetSent(stream: UInt8, sequenceNumber: UInt16, bytes: Int, nowNanoseconds now: Int64) {
        sent.record(
            SentPacketLog.Packet(
                stream: stream, sequenceNumber: sequenceNumber, bytes: bytes + Self.networkOverhead,
                sentNanoseconds: now), number: nextNumber)
        nextNumber &+= 1
    }

    /// The far end has asked for a packet, which goes out again.
    package mutating func packetRequested(stream: UInt8, sequenceNumber: UInt16) {
        sent.noteRequest(stream: stream, sequenceNumber: sequenceNumber)
    }

    /// Takes feedback; `each` is told of every packet of it, in the order in which they were sent.
    ///
    /// Feedback about more packets than are remembered is left out: forty bytes can speak of 65 535.
    package mutating func take(_ feedback: TransportFeedback, each: (_ stream: UInt8, _ isLost: Bool) -> Void) {
        guard feedback.packetCount <= sent.capacity else { return }
        for number in gaps.lost(before: feedback) { take(number, arrivalTicks: nil, each) }
        for result in feedback { take(result.sequenceNumber, arrivalTicks: result.arrivalTicks, each) }
    }

    private mutating func take(_ number: UInt16, arrivalTicks: Int64?, _ each: (UInt8, Bool) -> Void) {
        guard let packet = sent.take(number) else { return }
        // One that was asked for was lost, although it has arrived by now.
        let arrival = packet.wasRequested ? nil : arrivalTicks
        if let arrival {
            rate.arrived(sent: packet.sentNanoseconds, ticks: arrival, bytes: packet.bytes)
        } else {
            rate.lost(sent: packet.sentNanoseconds, bytes: packet.bytes)
        }
        each(packet.stream, arrival == nil)
    }

    /// To be called behind each feedback; see ``SendRateEstimator/settle(demand:least:nowNanoseconds:)``.
    package mutating func settle(demand: Int, least: Int, nowNanoseconds now: Int64) -> Bool {
        rate.settle(demand: demand, least: least, nowNanoseconds: now)
    }
}
