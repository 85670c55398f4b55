import RTP
import RoomServer
import Transport

/// Publishers whose own ways are good, the server, and the ways to their listeners, in virtual time: what the server makes
/// of the listeners' feedback, and the publishers of what the server says. All hear all.
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
    /// One for each publisher.
    var wishes = [StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)]
    /// By publisher.
    var takesEstimates: (Int) -> Bool = { _ in true }
    /// Who speaks when, in seconds; the others send comfort noise, 400 ms apart.
    var speaks: (_ publisher: Int, _ time: Double) -> Bool = { _, _ in true }
    /// The publishers send the frame before along with each, as browsers do.
    var sendsNearCopies = false
    var seed: UInt64 = 1

    struct Sample {
        var publisher: Int
        var time: Double
        /// What the publisher does.
        var plan: StreamPlan
        var copies: Int
        /// With all headers, of this way.
        var bytes: Int
        /// ms in the bottleneck; nil: dropped there, or left out by the server.
        var wait: Double?
        var limit: Double?
    }

    private final class Publisher {
        let index: Int
        let wish: StreamPlan.Wish
        var plan: StreamPlan
        var meter = StreamMeter()
        var cap = PublisherCap()
        var told: [(time: Double, bitrate: UInt64)] = []
        var nextFrame = 0.0

        init(_ index: Int, _ wish: StreamPlan.Wish) {
            (self.index, self.wish) = (index, wish)
            plan = StreamPlan(wish, feedback: RedundancyController(), takesCopies: true)
        }

        /// Does what it was told until then.
        func adapt(_ time: Double) {
            while let first = told.first, first.time <= time {
                told.removeFirst()
                plan = StreamPlan(
                    wish, feedback: RedundancyController(), takesCopies: true,
                    cap: first.bitrate == PublisherCap.none ? nil : Int(first.bitrate), present: plan)
            }
        }
    }

    /// One publisher's stream on a leg.
    private struct Stream {
        var loss = LossFeedback()
        var share = DownlinkShare()
        var sequence: UInt16 = 0
    }

    private final class Leg {
        let way: Way
        var path: PathEstimate
        var streams: [Stream]
        var recorder = TransportArrivalRecorder()
        var arrivals: [(time: Double, number: UInt16)] = []
        var reports: [(time: Double, bytes: [UInt8])] = []
        var busyUntil = 0.0
        var lastArrival = 0.0
        var samples: [Sample] = []

        init(_ way: Way, streams count: Int) {
            self.way = way
            path = PathEstimate(reaction: 400_000_000, streams: count)
            streams = Array(repeating: Stream(), count: count)
        }

        func isThere(_ time: Double) -> Bool { time >= way.joins && time < way.leaves }
    }

    /// One list for each way.
    func run(seconds: Double) -> [[Sample]] {
        var random = RandomSource.seeded(seed)
        let publishers = wishes.enumerated().map { Publisher($0.offset, $0.element) }
        let legs = ways.map { Leg($0, streams: publishers.count) }
        var (time, nextTick) = (0.0, 0.0)
        while let publisher = publishers.min(by: { $0.nextFrame < $1.nextFrame }), publisher.nextFrame < seconds {
            sendFrame(of: publisher, legs, &random)
            time = publishers.reduce(.infinity) { min($0, $1.nextFrame) }
            for leg in legs { report(of: leg, until: time) }
            guard time >= nextTick else { continue }
            nextTick = time + 0.1
            let there = legs.filter { $0.isThere(time) }
            for leg in there { settle(leg, publishers, listeners: there.count, time) }
            for publisher in publishers {
                let asks = there.compactMap { $0.streams[publisher.index].share.ask }
                let ask = takesEstimates(publisher.index) ? asks.min() : nil
                if let bitrate = publisher.cap.due(ask, now: Self.clock(time)) {
                    publisher.told.append((time + 0.05, bitrate))
                }
                publisher.adapt(time)
            }
        }
        return legs.map(\.samples)
    }

    private static func clock(_ time: Double) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(time * 1e9)) }

    private func sendFrame(of publisher: Publisher, _ legs: [Leg], _ random: inout RandomSource) {
        let (time, plan) = (publisher.nextFrame, publisher.plan)
        let there = legs.filter { $0.isThere(time) }
        guard speaks(publisher.index, time) else {
            for leg in there { send(3, publisher, over: leg, &random) }
            publisher.nextFrame += 0.4
            return
        }
        let length = Double(plan.frameMilliseconds) / 1000
        let count = Int(Double(plan.bitrate) * length / 8 * Double.random(in: 0.8...1.2, using: &random))
        for leg in there { send(count, publisher, over: leg, &random) }
        [UInt8](repeating: 0, count: max(count, 10)).withUnsafeBytes {
            publisher.meter.add(
                $0, samples: plan.frameMilliseconds * 48, hasNearCopy: sendsNearCopies, now: Self.clock(time)
            ) {
                takesEstimates(publisher.index) && there.contains { $0.streams[publisher.index].share.ask != nil }
            }
        }
        publisher.nextFrame += length
    }

    private func send(_ payload: Int, _ publisher: Publisher, over leg: Leg, _ random: inout RandomSource) {
        let (time, stream) = (publisher.nextFrame, leg.streams[publisher.index])
        let given: RedundancyLevel = sendsNearCopies ? .light : .none
        let copies = min(max(stream.loss.controller.level, given), stream.share.copyLimit).copies
        let bytes = payload * (1 + copies) + StreamPlan.packetOverhead
        guard leg.streams[publisher.index].share.passes() else {
            leg.streams[publisher.index].sequence &+= 1
            leg.samples.append(
                Sample(
                    publisher: publisher.index, time: time, plan: publisher.plan, copies: 0, bytes: 0, wait: nil,
                    limit: leg.path.limit))
            return
        }
        let number = leg.path.nextNumber
        leg.path.packetSent(
            stream: UInt8(publisher.index), sequenceNumber: stream.sequence,
            bytes: bytes - PathEstimate.networkOverhead, nowNanoseconds: Self.clock(time).nanoseconds)
        leg.streams[publisher.index].sequence &+= 1
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
            Sample(
                publisher: publisher.index, time: time, plan: publisher.plan, copies: copies, bytes: bytes, wait: wait,
                limit: leg.path.limit))
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
    private func settle(_ leg: Leg, _ publishers: [Publisher], listeners: Int, _ time: Double) {
        let now = Self.clock(time).nanoseconds
        while leg.reports.count > 1, let report = leg.reports.first, report.time <= time {
            leg.reports.removeFirst()
            report.bytes.withUnsafeBytes { bytes in
                var reader = RTCPCompoundReader(bytes)
                guard case .transportFeedback(let feedback)? = reader.next() else { return }
                leg.path.take(feedback) { leg.streams[Int($0)].loss.packet(isLost: $1, nowNanoseconds: now) }
            }
            var split = DownlinkSplit()
            var streams: [(index: Int, level: RedundancyLevel, stream: DownlinkShare.Stream)] = []
            for publisher in publishers {
                _ = leg.streams[publisher.index].loss.settle(nowNanoseconds: now)
                guard let stream = stream(publisher, listeners: listeners, time) else { continue }
                let level = leg.streams[publisher.index].loss.controller.level
                split.add(stream, level: level)
                streams.append((publisher.index, level, stream))
            }
            guard split.demand > 0 else { continue }
            _ = leg.path.settle(demand: split.demand, least: split.bottom, nowNanoseconds: now)
            for (index, level, stream) in streams {
                let budget = leg.path.limit.map { split.budget(of: stream, level: level, limit: $0) }
                leg.streams[index].share.settle(budget: budget, stream, feedback: leg.streams[index].loss.controller)
            }
        }
    }

    private func stream(_ publisher: Publisher, listeners: Int, _ time: Double) -> DownlinkShare.Stream? {
        guard let present = publisher.meter.present, let free = publisher.meter.free else { return nil }
        var stream = DownlinkShare.Stream(present: present, free: free)
        stream.hasNearCopies = publisher.meter.hasNearCopies
        stream.listeners = listeners
        stream.takesEstimates = takesEstimates(publisher.index)
        stream.isActive = publisher.meter.isActive(now: Self.clock(time))
        return stream
    }
}

extension [DownlinkCall.Sample] {
    func between(_ begin: Double, _ end: Double) -> [DownlinkCall.Sample] {
        filter { $0.time >= begin && $0.time < end }
    }

    func of(_ publisher: Int) -> [DownlinkCall.Sample] { filter { $0.publisher == publisher } }

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
