import MediaIO
import RTP
import Transport
import VoiceAudio
import WebRTC

// From the network to the audio thread's ring.
extension MediaTransport {
    /// Batches taken in one go at most: a flood must not keep the thread from its timers and from what is to be sent.
    private static var batchesPerTurn: Int { 16 }

    /// Takes the datagrams that are waiting; what is left wakes the loop again.
    func receiveDatagrams() {
        for _ in 0..<Self.batchesPerTurn {
            guard socket.receive(into: incoming) > 0 else { break }
            let now = MonotonicTime.now()
            for index in 0..<incoming.count {
                let datagram = incoming.payload(at: index)
                let result = connection.receive(
                    datagram, from: incoming.source(at: index), to: incoming.destination(at: index), now: now)
                take(result, datagram, now: now)
            }
            if incoming.count < incoming.capacity { break }
        }
    }

    /// Goes on with what the connection has made of a datagram.
    func take(_ result: ReceivedDatagram, _ datagram: UnsafeMutableRawBufferPointer, now: MonotonicTime) {
        switch result {
        case .rtp(let length, let section):
            received(UnsafeRawBufferPointer(rebasing: datagram[..<length]), section: section, now: now)
        case .rtcp(let length):
            receivedReports(UnsafeRawBufferPointer(rebasing: datagram[..<length]), now: now)
        case .consumed, .dropped:
            break
        }
    }

    private func received(_ packet: UnsafeRawBufferPointer, section: Int, now: MonotonicTime) {
        guard section < receiverOfSection.count, let receiver = receiverOfSection[section],
            let agreed = receiver.section, let header = RTPHeader(packet), header.payloadLength > 0,
            header.payloadLength <= AudioLimits.maximumReceivedPayload
        else { return }
        let encoding: ReceivedFrame.Encoding
        switch header.payloadType {
        case agreed.opusPayloadType: encoding = .opus
        case agreed.redPayloadType: encoding = .red
        case agreed.otherOpusPayloadType: encoding = .opus
        default: return
        }
        let extensions = RTPHeaderExtensions(header, packet, map: agreed.extensions)
        if agreed.transportFeedback, let number = extensions.transportSequenceNumber {
            arrivals.record(sequenceNumber: number, arrivalNanoseconds: now.nanoseconds)
            if nextFeedback == .distantFuture { nextFeedback = now.advanced(byNanoseconds: Self.feedbackInterval) }
        }
        if receiver.received(header, capture: captureTime(extensions.absoluteCaptureTime), now: now) {
            retransmissions.recovered &+= 1
        }
        if encoding == .red {
            retransmissions.repairedByCopies &+= UInt64(
                receiver.noteCopies(
                    in: UnsafeRawBufferPointer(rebasing: packet[header.payloadRange]), of: header.sequenceNumber))
        }
        if !receiver.requests.isEmpty, nextRequest == .distantFuture {
            nextRequest = now.advanced(byNanoseconds: Self.requestInterval)
        }
        if let slot = receivedFrames.reserve() {
            slot.header.storeBytes(
                of: ReceivedFrame(
                    slot: UInt8(receiver.slot), encoding: encoding, payloadLength: UInt16(header.payloadLength),
                    sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, arrival: now),
                as: ReceivedFrame.self)
            slot.payload.copyMemory(from: UnsafeRawBufferPointer(rebasing: packet[header.payloadRange]))
            receivedFrames.commit()
        }
        if receiver.isToBeTold(now: now) { events(.receiving(token: receiver.token, at: now)) }
    }

    /// The time of capture on our clock; nil unless the server's clock is known.
    private func captureTime(_ stamp: AbsoluteCaptureTime?) -> MonotonicTime? {
        guard let stamp, let clockOffset else { return nil }
        // The offset, where there is one, leads from the capturer's clock to that of who sent to us: the server's.
        let server = NTPTime(stamp.time.value &+ UInt64(bitPattern: stamp.clockOffset ?? 0))
        return MonotonicTime(nanoseconds: server.unixNanoseconds &- clockOffset)
    }
}
