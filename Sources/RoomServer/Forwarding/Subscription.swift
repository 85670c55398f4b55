import RTP
import Transport
import WebRTC

/// A stream on its way to one listener: own SSRC, sequence numbers and timestamps, which go on without a jump whoever
/// publishes the stream.
final class Subscription {
    /// Unsafe, for the sake of the loop over all listeners: the session holds its subscriptions, and takes them out of
    /// the groups, the only other place that holds them, before it ends (`ForwardingWorker.end`).
    unowned(unsafe) let session: PeerSession
    let route: StreamRoute
    let mid: String
    /// The section's index in the SDP.
    let section: UInt8
    let ssrc: UInt32

    private var mediaIdentifier: MediaIdentifier?
    private(set) var opusPayloadType: UInt8
    private(set) var redPayloadType: UInt8?
    private(set) var extensions: HeaderExtensionMap
    /// The listener wants no packets for now: it offered the section as inactive.
    private(set) var isHeld: Bool
    /// Nil when the listener did not negotiate NACK.
    private(set) var history: ProtectedHistory?
    /// The listener tells when packets came that are numbered transport-wide.
    private(set) var carriesNumbers: Bool
    /// What the way to the listener has for the stream.
    var share = DownlinkShare()
    /// What of it is in the ``ListenerGroup/tally``.
    var tallied = ListenerTally()

    /// Whose packets the offsets are for; 0 before the first.
    private var source: UInt64 = 0
    private var sequenceOffset: Int64
    private var timestampOffset: UInt32
    private var window = SentWindow()
    /// Numbers below the highest that were never sent: the publisher's own losses, which are none of this leg.
    private var unsent: Int64 = 0
    private var loss = LossFeedback()
    /// Numbers that were sent after later ones, each in the place of its last six bits: they came late to the server, and who
    /// asks for one has not lost it on this leg.
    private var late = [UInt32](repeating: .max, count: 64)
    private(set) var lastTimestamp: UInt32 = 0
    private(set) var lastTimestampUnixNanoseconds: Int64 = 0
    private var lastArrival = MonotonicTime.zero
    private(set) var packets: UInt32 = 0
    private(set) var octets: UInt32 = 0

    /// - Parameter firstSequenceNumber: below 2¹⁵ (see `SRTPSender`).
    init(
        session: PeerSession, route: StreamRoute, section: NegotiatedSection, ssrc: UInt32,
        firstSequenceNumber: UInt16, timestampOffset: UInt32
    ) {
        self.session = session
        self.route = route
        mid = section.mid
        self.section = UInt8(truncatingIfNeeded: section.index)
        self.ssrc = ssrc
        mediaIdentifier = MediaIdentifier(section.mid)
        opusPayloadType = section.opusPayloadType
        redPayloadType = section.redPayloadType
        extensions = section.extensions
        isHeld = section.direction == .inactive
        sequenceOffset = Int64(firstSequenceNumber)
        self.timestampOffset = timestampOffset
        history = section.nack ? ProtectedHistory() : nil
        carriesNumbers = section.carriesTransportNumbers
    }

    /// Takes over what a later negotiation changed.
    func update(_ section: NegotiatedSection) {
        opusPayloadType = section.opusPayloadType
        redPayloadType = section.redPayloadType
        extensions = section.extensions
        isHeld = section.direction == .inactive
        // What is not sent leaves no gap: afterwards it goes on as behind another publisher.
        if isHeld { source = 0 }
        if section.nack, history == nil { history = ProtectedHistory() }
        if !section.nack { history = nil }
        carriesNumbers = section.carriesTransportNumbers
    }

    /// Writes this listener's header for a packet into `buffer`; its length, or nil when the listener has had this
    /// packet already or it is too late for it.
    func writeHeader(
        for packet: MediaPacket, asRED: Bool, transportNumber: UInt16?, into buffer: UnsafeMutableRawBufferPointer
    ) -> (length: Int, sequenceNumber: UInt16)? {
        var marker = packet.marker
        if source != packet.source {
            marker = true
            follow(packet)
        }
        let number = packet.sequence + sequenceOffset
        guard number >= 0 else { return nil }
        let highest = window.highest
        let isNewest = highest.map { number > $0 } ?? true
        guard window.use(number) else { return nil }
        if isNewest {
            unsent += number - (highest ?? number - 1) - 1
        } else {
            unsent -= 1
            late[Int(truncatingIfNeeded: number) & 63] = UInt32(UInt16(truncatingIfNeeded: number))
        }
        let timestamp = packet.timestamp &+ timestampOffset
        if isNewest {
            lastTimestamp = timestamp
            lastTimestampUnixNanoseconds = packet.timestampUnixNanoseconds
            lastArrival = packet.arrival
        }
        let header = RTPHeader(
            marker: marker, payloadType: asRED ? redPayloadType ?? opusPayloadType : opusPayloadType,
            sequenceNumber: UInt16(truncatingIfNeeded: number), timestamp: timestamp, ssrc: ssrc)
        let values = RTPHeaderExtensions(
            audioLevel: packet.audioLevel == MediaPacket.noAudioLevel
                ? nil : AudioLevel(byte: UInt8(truncatingIfNeeded: packet.audioLevel)),
            mid: mediaIdentifier, transportSequenceNumber: transportNumber,
            absoluteCaptureTime: packet.captureTime == 0
                ? nil : AbsoluteCaptureTime(time: NTPTime(packet.captureTime), clockOffset: 0))
        guard let length = header.write(extensions: values, map: extensions, into: buffer) else { return nil }
        return (length, header.sequenceNumber)
    }

    /// Sets the offsets so that the new publisher's first packet comes right behind what was sent last: the next
    /// sequence number, and a timestamp that is later by the time that has passed.
    private func follow(_ packet: MediaPacket) {
        source = packet.source
        guard let highest = window.highest else {
            sequenceOffset = sequenceOffset - packet.sequence
            return
        }
        sequenceOffset = highest + 1 - packet.sequence
        let passed = max(0, packet.arrival.nanoseconds(since: lastArrival))
        // 48 ticks a millisecond, and at least one frame of 2.5 ms so that no two packets share a timestamp.
        let ticks = max(120, passed / 1000 * 48 / 1000)
        timestampOffset = lastTimestamp &+ UInt32(truncatingIfNeeded: ticks) &- packet.timestamp
    }

    /// Notes a packet that goes out; `payloadLength` without the tag.
    func sent(_ packet: UnsafeRawBufferPointer, sequenceNumber: UInt16, payloadLength: Int) {
        packets &+= 1
        octets &+= UInt32(truncatingIfNeeded: payloadLength)
        history?.store(packet, sequenceNumber: sequenceNumber)
        loss.packetSent()
    }

    // MARK: The leg's loss

    /// How many copies this listener's packets are to carry: by the loss of its own leg alone.
    var redundancyLevel: RedundancyLevel { loss.controller.level }
    /// The share that is lost, smoothed.
    var lossShare: Double { loss.controller.loss }
    /// How far apart they are to be, 1…3.
    var copySpacing: Int { loss.controller.spacing }

    /// What the listener says of what it received; true when ``lossShare`` is news.
    func report(_ block: RTCPReportBlock, now: MonotonicTime) -> Bool {
        loss.report(block, unsent: unsent, nowNanoseconds: now.nanoseconds)
    }

    /// A packet is sent again; whether it was lost on this leg.
    func sentAgain(_ sequenceNumber: UInt16) -> Bool {
        guard late[Int(sequenceNumber) & 63] != UInt32(sequenceNumber) else { return false }
        loss.packetRequested(sequenceNumber)
        return true
    }

    /// What transport-wide feedback says of the next packet.
    func packet(isLost: Bool, now: MonotonicTime) { loss.packet(isLost: isLost, nowNanoseconds: now.nanoseconds) }

    /// To be called behind each such feedback; true when ``lossShare`` is news.
    func settleArrivals(now: MonotonicTime) -> Bool { loss.settle(nowNanoseconds: now.nanoseconds) }

    /// Once a second: what was asked for says something of the loss before the next report does. True when ``lossShare`` is
    /// news.
    func settleRequests(now: MonotonicTime) -> Bool { loss.settleRequests(nowNanoseconds: now.nanoseconds) }

    /// The way to the listener has so much for the stream; nil: all that is wanted.
    func settleShare(budget: Int?, _ stream: DownlinkShare.Stream) {
        share.settle(budget: budget, stream, feedback: loss.controller)
    }

    /// The RTP timestamp of a moment of the server's clock, as the listener sees the stream.
    func timestamp(atUnixNanoseconds moment: Int64) -> UInt32 {
        let passed = moment - lastTimestampUnixNanoseconds
        return lastTimestamp &+ UInt32(truncatingIfNeeded: passed / 1000 * 48 / 1000)
    }
}

extension NegotiatedSection {
    /// Packets of the section may be numbered transport-wide, and the peer tells when they came.
    var carriesTransportNumbers: Bool { transportFeedback && extensions[.transportSequenceNumber] != nil }
}
