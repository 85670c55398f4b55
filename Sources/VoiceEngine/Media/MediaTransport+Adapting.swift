import RTP
import Transport
import VoiceAudio
import WebRTC

// What the far end tells of the packets that reached it, and what published streams make of it.
extension MediaTransport {
    /// Takes transport-wide feedback: which packets arrived, and when.
    func take(_ feedback: TransportFeedback, now: MonotonicTime) {
        pathEstimate.take(feedback) { stream, isLost in
            senders.first { $0.number == stream }?.loss.packet(isLost: isLost, nowNanoseconds: now.nanoseconds)
        }
        var (demand, least) = (0, 0)
        for sender in senders where sender.isAccepted {
            demand += freePlan(of: sender).demand
            least += StreamPlan.leastDemand(wish(of: sender))
        }
        guard demand > 0 else { return }
        let isNewLimit = pathEstimate.settle(demand: demand, least: least, nowNanoseconds: now.nanoseconds)
        for sender in senders {
            let isNewLoss = sender.loss.settle(nowNanoseconds: now.nanoseconds)
            if isNewLoss || isNewLimit { adapt(sender) }
        }
    }

    /// Takes what the far end says that the listeners' lines take: each stream its part of it.
    func take(_ estimate: RTCPReceiverEstimate, now: MonotonicTime) {
        var all = 0
        for ssrc in estimate { all += sender(capped: ssrc).map { freePlan(of: $0).demand } ?? 0 }
        guard all > 0 else { return }
        for ssrc in estimate {
            guard let sender = sender(capped: ssrc) else { continue }
            let part = Double(freePlan(of: sender).demand) / Double(all)
            if sender.cap.take(UInt64(Double(min(estimate.bitrate, 1 << 40)) * part), now: now) { adapt(sender) }
        }
    }

    private func sender(capped ssrc: UInt32) -> StreamSender? {
        senders.first { $0.track.ssrc == ssrc && $0.isAccepted && $0.section?.receiverEstimate == true }
    }

    /// Sends a stream from now on as its leg wants it. What the encoder is told holds from its next frame on.
    func adapt(_ sender: StreamSender) {
        guard let section = sender.section else { return }
        let wish = wish(of: sender)
        let plan = StreamPlan(
            wish, feedback: sender.loss.controller, takesCopies: section.redPayloadType != nil,
            budget: budget(of: sender), cap: sender.cap.bitrate, present: sender.plan)
        sender.plan = plan
        let publisher = audio.publisher(sender.channel)
        publisher.limitBitrate(plan.bitrate < wish.bitrate ? plan.bitrate : nil)
        publisher.setExpectedLoss(percent: plan.expectedLossPercent)
        publisher.lengthenFrames { _ in plan.frameMilliseconds }
        sender.statistics.copies = plan.level.copies
        sender.statistics.targetBitrate = plan.bitrate
        sender.statistics.listenerBitrate = sender.cap.bitrate
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
        guard let limit = pathEstimate.limit else { return nil }
        var all = 0
        for other in senders where other.isAccepted { all += freePlan(of: other).demand }
        guard all > 0 else { return nil }
        return Int(limit * Double(freePlan(of: sender).demand) / Double(all))
    }
}
