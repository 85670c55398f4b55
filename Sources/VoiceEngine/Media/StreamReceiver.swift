import RTP
import Transport
import WebRTC

/// One played stream on the media thread.
final class StreamReceiver {
    let token: UInt64
    let mid: String
    /// The slot of the audio thread that plays it.
    let slot: Int
    /// What was agreed; nil until the answer accepts the section.
    var section: NegotiatedSection?
    var requests = RetransmissionRequests()
    private(set) var statistics = MediaStatistics.Received()
    private var reception = ReceptionStatistics(clockRate: 48_000)
    /// Of the newest packet.
    private(set) var ssrc: UInt32?
    private var newest: UInt16?
    private var told: MonotonicTime?

    init(token: UInt64, mid: String, slot: Int) {
        self.token = token
        self.mid = mid
        self.slot = slot
    }

    var isAccepted: Bool { section?.direction == .recvonly }

    /// Counts a packet; true when it was asked for again. `capture` is its time of capture by our clock, where that is
    /// known.
    func received(_ header: RTPHeader, capture: MonotonicTime?, now: MonotonicTime) -> Bool {
        if header.ssrc != ssrc {
            // Another use of the section: the server began a new stream of packets.
            ssrc = header.ssrc
            reception = ReceptionStatistics(clockRate: 48_000)
            requests = RetransmissionRequests()
            newest = nil
        }
        if let newest, Int16(bitPattern: header.sequenceNumber &- newest) > 1 { statistics.gaps &+= 1 }
        if newest.map({ Int16(bitPattern: header.sequenceNumber &- $0) > 0 }) ?? true { newest = header.sequenceNumber }
        reception.receive(
            sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, arrivalNanoseconds: now.nanoseconds)
        let isRecovered = requests.received(header.sequenceNumber, now: now)
        statistics.packets &+= 1
        statistics.bytes &+= UInt64(header.payloadLength)
        statistics.lastArrival = now
        if let capture {
            let delay = max(0, now.nanoseconds(since: capture))
            // More than ten seconds are a clock that is wrong, not a way that is long.
            if delay < 10_000_000_000 {
                let smoothed = statistics.captureToArrivalNanoseconds ?? delay
                statistics.captureToArrivalNanoseconds = smoothed + (delay - smoothed) / 16
            }
        }
        return isRecovered
    }

    /// Takes note of the copies of earlier packets (RED) inside a packet: these need not be asked for (any more). Answers
    /// how many of them were missing.
    func noteCopies(in payload: UnsafeRawBufferPointer, of number: UInt16) -> Int {
        guard !requests.isEmpty, var reader = REDReader(payload) else { return 0 }
        var count = 0
        while let block = reader.next(), !block.isPrimary {
            guard let samples = OpusPacket.samples(in: block.data), Int(block.timestampOffset) % samples == 0 else {
                continue
            }
            let distance = UInt16(Int(block.timestampOffset) / samples)
            if distance > 0, requests.repaired(number &- distance) { count += 1 }
        }
        return count
    }

    func senderReport(_ time: NTPTime, now: MonotonicTime) {
        reception.senderReport(ntpTime: time, arrivalNanoseconds: now.nanoseconds)
    }

    func makeReportBlock(now: MonotonicTime) -> RTCPReportBlock? {
        guard let ssrc, reception.received > 0 else { return nil }
        return reception.makeReportBlock(ssrc: ssrc, nowNanoseconds: now.nanoseconds)
    }

    /// Whether the engine is to be told now that packets arrive: at the first one, and about twice a second.
    func isToBeTold(now: MonotonicTime) -> Bool {
        if let told, now.nanoseconds(since: told) < 500_000_000 { return false }
        told = now
        return true
    }

    func figures() -> MediaStatistics.Received {
        var figures = statistics
        figures.lost = reception.cumulativeLost
        figures.expected = reception.expected
        figures.jitterNanoseconds = Int64(reception.jitterMilliseconds * 1e6)
        return figures
    }
}
