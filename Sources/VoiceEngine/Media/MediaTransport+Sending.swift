import MediaIO
import RTP
import Transport
import VoiceAudio
import WebRTC

// From the audio thread's ring to the network.
extension MediaTransport {
    /// Whether frames of a channel go out here.
    func sends(channel: Int) -> Bool { channel < senderOfChannel.count && senderOfChannel[channel] != nil }

    /// Makes a packet of an encoded frame, for the next ``flush()``.
    func send(_ frame: EncodedFrame, payload: UnsafeRawBufferPointer, now: MonotonicTime) {
        guard Int(frame.channel) < senderOfChannel.count, let sender = senderOfChannel[Int(frame.channel)] else {
            return
        }
        send(frame, payload: payload, from: sender, now: now)
    }

    /// Sends the packets that were made since.
    func flush() { socket.send(outgoing) }

    private func send(
        _ frame: EncodedFrame, payload: UnsafeRawBufferPointer, from sender: StreamSender, now: MonotonicTime
    ) {
        guard let section = sender.section, connection.isConnected, let path = connection.selectedPath else { return }
        // A publisher that was just started knows of no limits.
        if frame.isFirst || !sender.hasSent { adapt(sender) }
        let frameBytes = payload
        var payload = payload
        var payloadType = section.opusPayloadType
        let number = sender.packetizer.sequenceNumber
        if let redPayloadType = section.redPayloadType, let level = sender.plan?.level, level != .none,
            let length = sender.copies.write(
                frameBytes, sequenceNumber: number, timestamp: frame.timestamp, samples: Int(frame.sampleCount),
                level: level, spacing: sender.loss.controller.spacing, payloadType: payloadType, into: redundant)
        {
            payload = UnsafeRawBufferPointer(rebasing: redundant[..<length])
            payloadType = redPayloadType
            sender.statistics.withCopies &+= 1
        }
        let extensions = RTPHeaderExtensions(
            audioLevel: AudioLevel(level: frame.audioLevel, voiceActivity: frame.voiceActivity), mid: sender.identifier,
            transportSequenceNumber: section.transportFeedback ? pathEstimate.nextNumber : nil,
            absoluteCaptureTime: AbsoluteCaptureTime(time: ntpTime(frame.captureTime)))
        let description = Packetizer.Frame(
            marker: frame.isFirst || !sender.hasSent, timestamp: frame.timestamp, captureTime: frame.captureTime,
            payloadLength: payload.count, extensions: extensions)
        guard
            let written = sender.packetizer.write(
                description, payloadType: payloadType, map: section.extensions, into: header)
        else { return }
        sender.copies.remember(frameBytes, sequenceNumber: number, timestamp: frame.timestamp)
        if outgoing.isFull { socket.send(outgoing) }
        let slot = outgoing.vacantSlot
        guard
            let length = connection.protectRTP(
                header: UnsafeRawBufferPointer(rebasing: header[..<written.length]), payload: payload, into: slot)
        else { return }
        if section.nack {
            sender.history.store(
                UnsafeRawBufferPointer(rebasing: slot[..<length]), sequenceNumber: written.sequenceNumber)
        }
        if section.transportFeedback {
            pathEstimate.packetSent(
                stream: sender.number, sequenceNumber: number, bytes: length, nowNanoseconds: now.nanoseconds)
        }
        sender.loss.packetSent()
        post(length: length, on: path)
        sender.statistics.packets &+= 1
        sender.statistics.bytes &+= UInt64(payload.count)
        if !sender.hasSent {
            sender.hasSent = true
            events(.firstSent(token: sender.token, at: now))
        }
    }

    /// A moment of our monotonic clock as sender reports and capture times say it: by the wall clock as it stood when
    /// the transport was made, so that it never jumps. The server maps it to its own by the sender reports.
    func ntpTime(_ time: MonotonicTime) -> NTPTime {
        NTPTime(unixNanoseconds: time.nanoseconds &+ wallOffset)
    }
}
