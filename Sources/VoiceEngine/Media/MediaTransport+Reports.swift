import MediaIO
import RTP
import Transport
import VoiceAudio
import WebRTC

// RTCP: reports every second, requests for what is missing as they fall due, answers to those of the server.
extension MediaTransport {
    func timerFired(now: MonotonicTime) {
        if now >= connection.deadline { connection.handleTimeout(now: now) }
        if now >= nextRequest { sendRequests(now: now) }
        if now >= nextFeedback { sendArrivals() }
        if now >= nextReport {
            for sender in senders {
                let isNewLoss = sender.loss.settleRequests(nowNanoseconds: now.nanoseconds)
                let hasEnded = sender.cap.expire(now: now)
                if isNewLoss || hasEnded { adapt(sender) }
            }
            sendReports(now: now)
            nextReport = now.advanced(byNanoseconds: Self.reportInterval)
        }
    }

    /// Tells when the packets came that the far end has numbered transport-wide.
    private func sendArrivals() {
        nextFeedback = .distantFuture
        guard let media = receivers.first(where: { $0.ssrc != nil })?.ssrc else { return }
        while arrivals.hasPending {
            var writer = RTCPWriter(report)
            guard
                arrivals.writeFeedback(
                    into: &writer, senderSSRC: senders.first?.track.ssrc ?? receiverSSRC, mediaSSRC: media)
            else { break }
            send(reportOfLength: writer.length)
        }
        socket.send(outgoing)
    }

    /// Asks again for what is missing and can still be played.
    private func sendRequests(now: MonotonicTime) {
        nextRequest = .distantFuture
        let roundTrip = connection.statistics.roundTripNanoseconds ?? 50_000_000
        for receiver in receivers where !receiver.requests.isEmpty {
            let target = audio.player(receiver.slot).snapshot.targetDelay
            var count = 0
            receiver.requests.due(now: now, roundTrip: roundTrip, buffer: Int64(max(target, 20) * 1e6)) { number in
                guard count < missing.count else { return }
                missing[count] = number
                count += 1
            }
            if count > 0, receiver.section?.nack == true, let ssrc = receiver.ssrc {
                sort(count, from: missing[0])
                var writer = RTCPWriter(report)
                if writer.genericNACK(
                    senderSSRC: senders.first?.track.ssrc ?? receiverSSRC, mediaSSRC: ssrc,
                    missing: UnsafeBufferPointer(rebasing: missing[..<count]))
                {
                    send(reportOfLength: writer.length)
                    retransmissions.requested &+= UInt64(count)
                }
            }
            if !receiver.requests.isEmpty { nextRequest = now.advanced(byNanoseconds: Self.requestInterval) }
        }
        socket.send(outgoing)
    }

    /// Rising order, across the end of the numbers too, as the packing of a NACK wants it.
    private func sort(_ count: Int, from reference: UInt16) {
        var numbers = missing
        numbers[..<count].sort {
            Int16(bitPattern: $0 &- reference) < Int16(bitPattern: $1 &- reference)
        }
    }

    /// Protects what stands in `report` and puts it into the batch.
    func send(reportOfLength length: Int) {
        guard connection.isConnected, let path = connection.selectedPath else { return }
        if outgoing.isFull { socket.send(outgoing) }
        guard
            let protected = connection.protectRTCP(
                UnsafeRawBufferPointer(rebasing: report[..<length]), into: outgoing.vacantSlot)
        else { return }
        post(length: protected, on: path)
    }

    /// Sender reports for what is published, and in the first report the blocks about what is played.
    private func sendReports(now: MonotonicTime) {
        guard connection.isConnected else { return }
        var writer = RTCPWriter(report)
        var isOpen = false
        for sender in senders where sender.isAccepted && sender.hasSent {
            guard let timestamp = sender.packetizer.timestamp(at: now),
                writer.senderReport(
                    ssrc: sender.track.ssrc, ntpTime: ntpTime(now), rtpTimestamp: timestamp,
                    packetCount: sender.packetizer.packetCount, octetCount: sender.packetizer.octetCount)
            else { continue }
            if !isOpen { addBlocks(to: &writer, now: now) }
            isOpen = true
        }
        if !isOpen {
            guard writer.receiverReport(ssrc: receiverSSRC) else { return }
            addBlocks(to: &writer, now: now)
            _ = writer.canonicalName(ssrc: receiverSSRC, cname)
        }
        for sender in senders where sender.isAccepted && sender.hasSent {
            _ = writer.canonicalName(ssrc: sender.track.ssrc, cname)
        }
        send(reportOfLength: writer.length)
        socket.send(outgoing)
    }

    private func addBlocks(to writer: inout RTCPWriter, now: MonotonicTime) {
        for receiver in receivers {
            if let block = receiver.makeReportBlock(now: now), !writer.reportBlock(block) { return }
        }
    }

    func receivedReports(_ datagram: UnsafeRawBufferPointer, now: MonotonicTime) {
        var reader = RTCPCompoundReader(datagram)
        while let packet = reader.next() {
            switch packet {
            case .senderReport(let report):
                receivers.first { $0.ssrc == report.ssrc }?.senderReport(report.ntpTime, now: now)
                take(report.reportBlocks, now: now)
            case .receiverReport(let report):
                take(report.reportBlocks, now: now)
            case .genericNACK(let request):
                answer(request)
            case .transportFeedback(let feedback):
                take(feedback, now: now)
            case .receiverEstimate(let estimate):
                take(estimate, now: now)
            case .sourceDescription, .goodbye, .other:
                break
            }
        }
    }

    private func take(_ blocks: RTCPReportBlocks, now: MonotonicTime) {
        var blocks = blocks
        while let block = blocks.next() {
            guard let sender = senders.first(where: { $0.track.ssrc == block.ssrc }) else { continue }
            sender.report(block, arrival: ntpTime(now))
            if sender.loss.report(block, nowNanoseconds: now.nanoseconds) { adapt(sender) }
        }
    }

    /// Sends again what is still held, byte for byte.
    private func answer(_ request: RTCPGenericNACK) {
        guard let path = connection.selectedPath,
            let sender = senders.first(where: { $0.track.ssrc == request.mediaSSRC })
        else { return }
        var request = request
        while let number = request.next() {
            guard let packet = sender.history.packet(number) else { continue }
            if outgoing.isFull { socket.send(outgoing) }
            outgoing.vacantSlot.copyMemory(from: packet)
            post(length: packet.count, on: path)
            retransmissions.sent &+= 1
            sender.loss.packetRequested(number)
            pathEstimate.packetRequested(stream: sender.number, sequenceNumber: number)
        }
        socket.send(outgoing)
    }
}
