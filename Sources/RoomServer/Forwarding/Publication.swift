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
    /// The publisher takes what is said of its listeners' lines.
    private(set) var receiverEstimate: Bool
    var cap = PublisherCap()

    /// The publisher's SSRC; nil before the first packet.
    private(set) var ssrc: UInt32?
    /// Names the run of packets that is current; see ``StreamRoute/source``.
    private(set) var source: UInt64 = 0
    private var sequence = SequenceUnwrapper()
    private var compactor = SequenceCompactor()
    private(set) var reception = ReceptionStatistics(clockRate: 48_000)
    private var clock = PublisherClock()
    /// What listeners have been given, in its own packet or restored from a copy.
    private var delivered = SentWindow()
    /// Unwrapped, of the run of packets that is current.
    private var firstNumber: Int64?
    private var newest: (number: Int64, timestamp: UInt32)?
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
        receiverEstimate = section.receiverEstimate
    }

    /// Takes over what a later negotiation changed.
    func update(_ section: NegotiatedSection) {
        opusPayloadType = section.opusPayloadType
        redPayloadType = section.redPayloadType
        extensions = section.extensions
        nack = section.nack
        receiverEstimate = section.receiverEstimate
        if route.source.load(ordering: .relaxed) == source {
            route.takesEstimates.store(receiverEstimate, ordering: .relaxed)
        }
    }

    /// Makes the packet that listeners get; nil when there is nothing for them in it.
    ///
    /// Copies of earlier packets (RED) that came with it are for two purposes: a packet that was lost on this leg is
    /// restored from them and goes to every listener under its own number, late; and it need not be asked for.
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
            forgetPackets()
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
        guard delivered.use(number) else { return nil }
        defer {
            if firstNumber == nil { firstNumber = number }
            if newest.map({ number > $0.number }) ?? true { newest = (number, header.timestamp) }
        }
        guard header.payloadLength > 0 else {
            compactor.skip(number)
            return nil
        }
        return describe(header, packet, number: number, now: now, unixNanoseconds: unixNanoseconds)
    }

    private func begin(ssrc: UInt32, source: UInt64) {
        self.ssrc = ssrc
        reception = ReceptionStatistics(clockRate: 48_000)
        forgetPackets()
        publish(source: source)
    }

    /// Another run of packets begins.
    private func forgetPackets() {
        sequence = SequenceUnwrapper()
        compactor = SequenceCompactor()
        losses = LossTracker()
        clock = PublisherClock()
        delivered = SentWindow()
        firstNumber = nil
        newest = nil
    }

    /// Makes `source` the one whose packets listeners get: the newest publisher of a stream wins.
    private func publish(source: UInt64) {
        self.source = source
        route.source.store(source, ordering: .relaxed)
        route.takesEstimates.store(receiverEstimate, ordering: .relaxed)
    }

    private func describe(
        _ header: RTPHeader, _ packet: UnsafeRawBufferPointer, number: Int64, now: MonotonicTime,
        unixNanoseconds: Int64
    ) -> (packet: MediaPacket, payload: Range<Int>)? {
        var media = MediaPacket()
        media.sequence = compactor.compact(number)
        media.timestamp = header.timestamp
        media.primaryLength = Int32(header.payloadLength)
        if header.payloadType == redPayloadType {
            let payload = UnsafeRawBufferPointer(rebasing: packet[header.payloadRange])
            guard let primary = REDReader.primary(of: payload), primary.payloadType == opusPayloadType,
                !primary.data.isEmpty
            else { return nil }
            media.primaryLength = Int32(primary.data.count)
            takeCopies(from: payload, number: number, into: &media)
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
        media.marker = header.marker
        media.timestampUnixNanoseconds = clock.unixNanoseconds(
            ofTimestamp: header.timestamp, arrivalUnixNanoseconds: unixNanoseconds)
        media.arrival = now
        return (media, header.payloadRange)
    }

    /// Finds among the copies those of packets that no listener has had yet.
    private func takeCopies(from payload: UnsafeRawBufferPointer, number: Int64, into media: inout MediaPacket) {
        guard var reader = REDReader(payload), let start = payload.baseAddress else { return }
        while let block = reader.next(), !block.isPrimary {
            // RED does not tell the sequence number: frames of one length are taken for granted, as every receiver does.
            guard block.payloadType == opusPayloadType, block.timestampOffset > 0,
                let samples = OpusPacket.samples(in: block.data), Int(block.timestampOffset) % samples == 0,
                let data = block.data.baseAddress
            else { continue }
            let distance = Int64(Int(block.timestampOffset) / samples)
            if distance == 1 { media.hasNearCopy = true }
            let earlier = number - distance
            let timestamp = media.timestamp &- block.timestampOffset
            guard media.restoredCount < media.restored.count, fits(earlier, timestamp), delivered.use(earlier) else {
                continue
            }
            losses.repaired(earlier)
            media.restored[media.restoredCount] = RestoredPacket(
                sequence: compactor.compact(earlier), timestamp: timestamp,
                offset: Int32(start.distance(to: data)), length: Int32(block.data.count))
            media.restoredCount += 1
        }
    }

    /// Whether a number and a timestamp of a copy can belong together: after a silence of the publisher they would not.
    private func fits(_ number: Int64, _ timestamp: UInt32) -> Bool {
        guard let firstNumber, let newest, number > firstNumber, timestamp != newest.timestamp else { return false }
        return (number > newest.number) == timestamp.isSerialNewer(than: newest.timestamp)
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
