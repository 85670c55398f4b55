import RTP
import Synchronization
import Transport
import WebRTC

/// A stream that a session publishes, on the session's worker: what is known of the publisher's packets.
final class Publication {
    let route: StreamRoute
    let mid: String
    /// The section's index in the SDP.
    let section: Int

    private(set) var opusPayloadType: UInt8
    private(set) var redPayloadType: UInt8?
    private(set) var extensions: HeaderExtensionMap
    private(set) var nack: Bool

    /// The publisher's SSRC; nil before the first packet.
    private(set) var ssrc: UInt32?
    /// Names the run of packets that is current; see ``StreamRoute/source``.
    private(set) var source: UInt64 = 0
    private var sequence = SequenceUnwrapper()
    private var compactor = SequenceCompactor()
    private(set) var reception = ReceptionStatistics(clockRate: 48_000)
    private var clock = PublisherClock()
    var losses = LossTracker()

    /// Packets are arriving, as far as was told to signalling.
    var isLive = false
    private(set) var lastArrival = MonotonicTime.zero
    private(set) var packets: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private(set) var audioLevel: AudioLevel?

    init(route: StreamRoute, section: NegotiatedSection) {
        self.route = route
        mid = section.mid
        self.section = section.index
        opusPayloadType = section.opusPayloadType
        redPayloadType = section.redPayloadType
        extensions = section.extensions
        nack = section.nack
    }

    /// Takes over what a later negotiation changed.
    func update(_ section: NegotiatedSection) {
        opusPayloadType = section.opusPayloadType
        redPayloadType = section.redPayloadType
        extensions = section.extensions
        nack = section.nack
    }

    /// Makes the packet that listeners get; nil when there is nothing for them in it.
    ///
    /// - Parameters:
    ///   - packet: opened, in the receive slot.
    ///   - makeSource: gives a new ``StreamRoute/source``.
    ///   - arrival: set to what the packet means for those that miss.
    func receive(
        _ packet: UnsafeRawBufferPointer, now: MonotonicTime, unixNanoseconds: Int64, makeSource: () -> UInt64,
        arrival: inout LossTracker.Arrival
    ) -> (packet: MediaPacket, payload: Range<Int>)? {
        guard let header = RTPHeader(packet) else { return nil }
        if ssrc != header.ssrc {
            begin(ssrc: header.ssrc, source: makeSource())
        }
        let verdict = reception.receive(
            sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, arrivalNanoseconds: now.nanoseconds)
        switch verdict {
        case .implausible:
            return nil
        case .restarted:
            sequence = SequenceUnwrapper()
            compactor = SequenceCompactor()
            losses = LossTracker()
            clock = PublisherClock()
            publish(source: makeSource())
        case .inOrder, .late:
            break
        }
        packets &+= 1
        bytes &+= UInt64(packet.count)
        lastArrival = now
        let number = sequence.peek(header.sequenceNumber)
        // Only a later number moves the unwrapper, so that a late one cannot pull it back.
        if sequence.last.map({ number > $0 }) ?? true { _ = sequence.unwrap(header.sequenceNumber) }
        arrival = losses.received(number, now: now)
        guard header.payloadLength > 0 else {
            compactor.skip(number)
            return nil
        }
        return describe(
            header, packet, number: compactor.compact(number), now: now, unixNanoseconds: unixNanoseconds)
    }

    private func begin(ssrc: UInt32, source: UInt64) {
        self.ssrc = ssrc
        sequence = SequenceUnwrapper()
        compactor = SequenceCompactor()
        reception = ReceptionStatistics(clockRate: 48_000)
        losses = LossTracker()
        clock = PublisherClock()
        publish(source: source)
    }

    /// Makes `source` the one whose packets listeners get: the newest publisher of a stream wins.
    private func publish(source: UInt64) {
        self.source = source
        route.source.store(source, ordering: .relaxed)
    }

    private func describe(
        _ header: RTPHeader, _ packet: UnsafeRawBufferPointer, number: Int64, now: MonotonicTime,
        unixNanoseconds: Int64
    ) -> (packet: MediaPacket, payload: Range<Int>)? {
        var media = MediaPacket()
        var payload = header.payloadRange
        if header.payloadType == redPayloadType {
            guard let red = readRED(UnsafeRawBufferPointer(rebasing: packet[payload])) else { return nil }
            media.isRED = red.isWhole
            media.primaryLength = Int32(red.primaryLength)
            if !red.isWhole { payload = payload.upperBound - red.primaryLength..<payload.upperBound }
        } else if header.payloadType != opusPayloadType {
            return nil
        }
        let values = RTPHeaderExtensions(header, packet, map: extensions)
        if let level = values.audioLevel {
            audioLevel = level
            media.audioLevel = UInt16(level.byte)
        }
        if let captured = values.absoluteCaptureTime, let moment = clock.serverTime(of: captured.time) {
            media.captureTime = moment.value
        }
        media.route = route.number
        media.source = source
        media.sequence = number
        media.timestamp = header.timestamp
        media.marker = header.marker
        media.innerPayloadType = opusPayloadType
        media.timestampUnixNanoseconds = clock.unixNanoseconds(
            ofTimestamp: header.timestamp, arrivalUnixNanoseconds: unixNanoseconds)
        media.arrival = now
        media.payloadLength = Int32(payload.count)
        return (media, payload)
    }

    /// Whether all blocks are Opus under our number (else only the primary block can be used), and how long the primary
    /// block is; nil when not even that is of use.
    private func readRED(_ payload: UnsafeRawBufferPointer) -> (isWhole: Bool, primaryLength: Int)? {
        guard var reader = REDReader(payload) else { return nil }
        var isWhole = true
        while let block = reader.next() {
            if block.isPrimary {
                guard block.payloadType == opusPayloadType, !block.data.isEmpty else { return nil }
                return (isWhole, block.data.count)
            }
            if block.payloadType != opusPayloadType { isWhole = false }
        }
        return nil
    }

    func senderReport(_ report: RTCPSenderReport, now: MonotonicTime, unixNanoseconds: Int64) {
        reception.senderReport(ntpTime: report.ntpTime, arrivalNanoseconds: now.nanoseconds)
        clock.senderReport(
            time: report.ntpTime, timestamp: report.rtpTimestamp, arrivalUnixNanoseconds: unixNanoseconds)
    }

    /// The block for the publisher's next receiver report; nil before the first packet.
    func makeReportBlock(now: MonotonicTime) -> RTCPReportBlock? {
        ssrc.map { reception.makeReportBlock(ssrc: $0, nowNanoseconds: now.nanoseconds) }
    }
}
