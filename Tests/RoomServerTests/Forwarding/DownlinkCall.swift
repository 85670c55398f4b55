import RTP
import RoomServer
import Transport

/// A publisher whose own way is good, the server, and the ways to its listeners, in virtual time: what the server makes of
/// their feedback, and the publisher of what the server says.
struct DownlinkCall {
    /// The way from the server to one listener.
    struct Way {
        /// Bits per second that pass, by the time in seconds.
        var capacity: (Double) -> Double = { _ in 5_000_000 }
        /// Seconds of bits that wait before the bottleneck; what is more is dropped.
        var room = 2.0
        var loss = 0.0
        /// Seconds.
        var joins = 0.0
        var leaves = Double.infinity
    }

    var ways: [Way]
    var wish = StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)
    var takesEstimates = true
    /// The publisher sends the frame before along with each, as browsers do.
    var sendsNearCopies = false
    var seed: UInt64 = 1

    struct Sample {
        var time: Double
        /// What the publisher does.
        var plan: StreamPlan
        var copies: Int
        /// With all headers, of this way.
        var bytes: Int
        /// ms in the bottleneck; nil: dropped.
        var wait: Double?
        var limit: Double?
    }

    private final class Leg {
        let way: Way
        var path = PathEstimate(reaction: 400_000_000)
        var loss = LossFeedback()
        var share = DownlinkShare()
        var recorder = TransportArrivalRecorder()
        var arrivals: [(time: Double, number: UInt16)] = []
        var reports: [(time: Double, bytes: [UInt8])] = []
        var busyUntil = 0.0
        var lastArrival = 0.0
        var sequence: UInt16 = 0
        var samples: [Sample] = []

        init(_ way: Way) { self.way = way }

        func isThere(_ time: Double) -> Bool { time >= way.joins && time < way.leaves }
    }

    /// One list for each way.
    func run(seconds: Double) -> [[Sample]] {
        var random = RandomSource.seeded(seed)
        let legs = ways.map(Leg.init)
        let clean = RedundancyController()
        var (meter, cap) = (StreamMeter(), PublisherCap())
        var plan = StreamPlan(wish, feedback: clean, takesCopies: true)
        var told: [(time: Double, bitrate: UInt64)] = []
        var (time, nextTick) = (0.0, 0.0)
        while time < seconds {
            let length = Double(plan.frameMilliseconds) / 1000
            let count = Int(Double(plan.bitrate) * length / 8 * Double.random(in: 0.8...1.2, using: &random))
            let frame = [UInt8](repeating: 0, count: max(count, 10))
            for leg in legs where leg.isThere(time) { send(count, plan, over: leg, time, &random) }
            frame.withUnsafeBytes {
                meter.add($0, samples: plan.frameMilliseconds * 48, hasNearCopy: sendsNearCopies) {
                    takesEstimates && legs.contains { $0.isThere(time) && $0.share.ask != nil }
                }
            }
            time += length
            for leg in legs { report(of: leg, until: time) }
            guard time >= nextTick else { continue }
            nextTick = time + 0.1
            let there = legs.filter { $0.isThere(time) }
            for leg in there { settle(leg, meter, listeners: there.count, time) }
            let ask = takesEstimates ? there.compactMap(\.share.ask).min() : nil
            if let bitrate = cap.due(ask, now: MonotonicTime(nanoseconds: Int64(time * 1e9))) {
                told.append((time + 0.05, bitrate))
            }
            while let first = told.first, first.time <= time {
                told.removeFirst()
                plan = StreamPlan(
                    wish, feedback: clean, takesCopies: true,
                    cap: first.bitrate == PublisherCap.none ? nil : Int(first.bitrate), present: plan)
            }
        }
        return legs.map(\.samples)
    }

    private func send(_ payload: Int, _ plan: StreamPlan, over leg: Leg, _ time: Double, _ random: inout RandomSource) {
        let given: RedundancyLevel = sendsNearCopies ? .light : .none
        let copies = min(max(leg.loss.controller.level, given), leg.share.copyLimit).copies
        let bytes = payload * (1 + copies) + StreamPlan.packetOverhead
        let number = leg.path.nextNumber
        leg.path.packetSent(
            stream: 0, sequenceNumber: leg.sequence, bytes: bytes - PathEstimate.networkOverhead,
            nowNanoseconds: Int64(time * 1e9))
        leg.sequence &+= 1
        let begin = max(leg.busyUntil, time)
        var wait: Double?
        if begin - time <= leg.way.room {
            leg.busyUntil = begin + Double(bytes) * 8 / leg.way.capacity(time)
            if Double.random(in: 0..<1, using: &random) >= leg.way.loss {
                wait = (begin - time) * 1000
                leg.lastArrival = max(
                    leg.lastArrival, leg.busyUntil + 0.02 + Double.random(in: 0...0.005, using: &random))
                leg.arrivals.append((leg.lastArrival, number))
            }
        }
        leg.samples.append(
            Sample(time: time, plan: plan, copies: copies, bytes: bytes, wait: wait, limit: leg.path.limit))
    }

    /// The listener's part: feedback ten times a second.
    private func report(of leg: Leg, until time: Double) {
        while let first = leg.arrivals.first, first.time <= time {
            leg.recorder.record(sequenceNumber: first.number, arrivalNanoseconds: Int64(first.time * 1e9))
            leg.arrivals.removeFirst()
        }
        guard leg.recorder.hasPending, time >= (leg.reports.last?.time ?? -1) + 0.08 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: 1200) { buffer, count in
            var writer = RTCPWriter(UnsafeMutableRawBufferPointer(buffer))
            _ = leg.recorder.writeFeedback(into: &writer, senderSSRC: 1, mediaSSRC: 2)
            count = writer.length
        }
        leg.reports.append((time + 0.02, bytes))
    }

    /// The server's part.
    private func settle(_ leg: Leg, _ meter: StreamMeter, listeners: Int, _ time: Double) {
        let now = Int64(time * 1e9)
        while leg.reports.count > 1, let report = leg.reports.first, report.time <= time {
            leg.reports.removeFirst()
            report.bytes.withUnsafeBytes { bytes in
                var reader = RTCPCompoundReader(bytes)
                guard case .transportFeedback(let feedback)? = reader.next() else { return }
                leg.path.take(feedback) { leg.loss.packet(isLost: $1, nowNanoseconds: now) }
            }
            _ = leg.loss.settle(nowNanoseconds: now)
            guard let present = meter.present, let free = meter.free else { continue }
            var stream = DownlinkShare.Stream(present: present, free: free)
            stream.hasNearCopies = meter.hasNearCopies
            stream.listeners = listeners
            stream.takesEstimates = takesEstimates
            let demand = stream.demand(level: leg.loss.controller.level)
            _ = leg.path.settle(demand: demand, least: stream.least, nowNanoseconds: now)
            leg.share.settle(budget: leg.path.limit.map { Int($0) }, stream, feedback: leg.loss.controller)
        }
    }
}

extension [DownlinkCall.Sample] {
    func between(_ begin: Double, _ end: Double) -> [DownlinkCall.Sample] {
        filter { $0.time >= begin && $0.time < end }
    }

    var lossShare: Double { Double(filter { $0.wait == nil }.count) / Double(Swift.max(count, 1)) }
    var meanCopies: Double { Double(reduce(0) { $0 + $1.copies }) / Double(Swift.max(count, 1)) }
    var meanBitrate: Double { Double(reduce(0) { $0 + $1.plan.bitrate }) / Double(Swift.max(count, 1)) }
    /// ms
    func wait(quantile: Double) -> Double {
        let waits = compactMap(\.wait).sorted()
        return waits.isEmpty ? 0 : waits[Int(Double(waits.count - 1) * quantile)]
    }

    var figures: String {
        "voice of \(Int(meanBitrate)) b/s, \(meanCopies) copies, waits \(Int(wait(quantile: 0.5))) and \(Int(wait(quantile: 0.95))) ms, lost \(lossShare)"
    }
}
