import RTP
import Transport
import VoiceAudio
import WebRTC

// What the far end tells of the packets that reached it, and what published streams make of it.
extension MediaTransport {
    /// Bytes of IPv4 and UDP.
    static let networkOverhead = 28

    /// Takes transport-wide feedback: which packets arrived, and when.
    func take(_ feedback: TransportFeedback, now: MonotonicTime) {
        for number in feedbackGaps.lost(before: feedback) { take(number, arrivalTicks: nil, now: now) }
        for result in feedback { take(result.sequenceNumber, arrivalTicks: result.arrivalTicks, now: now) }
        var (demand, least) = (0, 0)
        for sender in senders where sender.isAccepted {
            demand += freePlan(of: sender).demand
            least += StreamPlan.leastDemand(wish(of: sender))
        }
        guard demand > 0 else { return }
        let isNewLimit = sendRate.settle(demand: demand, least: least, nowNanoseconds: now.nanoseconds)
        for sender in senders {
            let isNewLoss = sender.loss.settle(nowNanoseconds: now.nanoseconds)
            if isNewLoss || isNewLimit { adapt(sender) }
        }
    }

    private func take(_ number: UInt16, arrivalTicks: Int64?, now: MonotonicTime) {
        guard let packet = sentPackets.take(number) else { return }
        // One that was asked for was lost, although it has arrived by now.
        let arrival = packet.wasRequested ? nil : arrivalTicks
        if let arrival {
            sendRate.arrived(sent: packet.sentNanoseconds, ticks: arrival, bytes: packet.bytes)
        } else {
            sendRate.lost(sent: packet.sentNanoseconds, bytes: packet.bytes)
        }
        senders.first { $0.number == packet.stream }?.loss.packet(
            isLost: arrival == nil, nowNanoseconds: now.nanoseconds)
    }

    /// Sends a stream from now on as its leg wants it. What the encoder is told holds from its next frame on.
    func adapt(_ sender: StreamSender) {
        guard let section = sender.section else { return }
        let wish = wish(of: sender)
        let plan = StreamPlan(
            wish, feedback: sender.loss.controller, takesCopies: section.redPayloadType != nil,
            budget: budget(of: sender), present: sender.plan)
        sender.plan = plan
        let publisher = audio.publisher(sender.channel)
        publisher.limitBitrate(plan.bitrate < wish.bitrate ? plan.bitrate : nil)
        publisher.setExpectedLoss(percent: plan.expectedLossPercent)
        publisher.lengthenFrames { _ in plan.frameMilliseconds }
        sender.statistics.copies = plan.level.copies
        sender.statistics.targetBitrate = plan.bitrate
    }

    private func wish(of sender: StreamSender) -> StreamPlan.Wish {
        let publisher = audio.publisher(sender.channel)
        return StreamPlan.Wish(bitrate: publisher.bitrate, frameMilliseconds: publisher.askedFrameMilliseconds)
    }

    /// What the stream would do on a path of its own without limit.
    private func freePlan(of sender: StreamSender) -> StreamPlan {
        StreamPlan(
            wish(of: sender), feedback: sender.loss.controller, takesCopies: sender.section?.redPayloadType != nil)
    }

    /// A stream's part of what the path takes: as its part of what all want.
    private func budget(of sender: StreamSender) -> Int? {
        guard let limit = sendRate.limit else { return nil }
        var all = 0
        for other in senders where other.isAccepted { all += freePlan(of: other).demand }
        guard all > 0 else { return nil }
        return Int(limit * Double(freePlan(of: sender).demand) / Double(all))
    }
}
