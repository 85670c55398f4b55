import RTP
import Testing
import Transport

/// A voice over a bottleneck, in virtual time: what ``SendRateEstimator`` and ``StreamPlan`` make of its feedback.
struct BottleneckCall {
    /// Bits per second that pass, by the time in seconds.
    var capacity: (Double) -> Double
    /// Seconds of bits that wait before the bottleneck; what is more is dropped.
    var room = 3.0
    var loss = 0.0
    /// One way, ms.
    var delay: (Double) -> Double = { _ in 20 }
    /// Of single packets, ms; packets do not overtake each other.
    var jitter = 3.0
    var wish = StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)
    var drift = 0.0
    var seed: UInt64 = 1

    struct Sample {
        var time: Double
        var plan: StreamPlan
        /// With all headers.
        var demand: Double { Double(plan.demand) }
        var limit: Double?
        /// ms in the bottleneck; nil: dropped.
        var wait: Double?
    }

    func run(seconds: Double) throws -> [Sample] {
        var random = RandomSource.seeded(seed)
        var samples: [Sample] = []
        var estimator = SendRateEstimator()
        var feedback = LossFeedback()
        var log = SentPacketLog()
        var gaps = FeedbackGaps()
        var recorder = TransportArrivalRecorder()
        var buffer = [UInt8](repeating: 0, count: 1200)
        var plan = StreamPlan(wish, feedback: feedback.controller, takesCopies: true)
        var arrivals: [(time: Double, number: UInt16)] = []
        var number: UInt16 = 0
        var (time, busyUntil, lastArrival, nextFeedback) = (0.0, 0.0, 0.0, 0.1)
        var reports: [(time: Double, bytes: [UInt8])] = []
        while time < seconds {
            let length = Double(plan.frameMilliseconds) / 1000
            let payload = Double(plan.bitrate * (1 + plan.level.copies)) * length / 8
            let bytes = Int(payload * Double.random(in: 0.8...1.2, using: &random)) + StreamPlan.packetOverhead
            log.record(
                SentPacketLog.Packet(
                    stream: 0, sequenceNumber: number, bytes: bytes, sentNanoseconds: Int64(time * 1e9)),
                number: number)
            let rate = capacity(time)
            let begin = max(busyUntil, time)
            var wait: Double?
            if begin - time <= room, Double.random(in: 0..<1, using: &random) >= loss {
                busyUntil = begin + Double(bytes) * 8 / rate
                wait = (begin - time) * 1000
                let way = (delay(time) + Double.random(in: 0...jitter, using: &random)) / 1000
                lastArrival = max(lastArrival, busyUntil + way)
                arrivals.append((lastArrival, number))
            } else if begin - time <= room {
                busyUntil = begin + Double(bytes) * 8 / rate
            }
            samples.append(Sample(time: time, plan: plan, limit: estimator.limit, wait: wait))
            number &+= 1
            time += length
            while let first = arrivals.first, first.time <= time {
                recorder.record(
                    sequenceNumber: first.number,
                    arrivalNanoseconds: Int64(first.time * (1 + drift) * 1e9) + 5_000_000_000)
                arrivals.removeFirst()
            }
            if time >= nextFeedback, recorder.hasPending {
                nextFeedback = time + 0.1
                let written = buffer.withUnsafeMutableBytes { bytes in
                    var writer = RTCPWriter(bytes)
                    _ = recorder.writeFeedback(into: &writer, senderSSRC: 1, mediaSSRC: 2)
                    return writer.length
                }
                reports.append((time + 0.02, Array(buffer[..<written])))
            }
            while let report = reports.first, report.time <= time {
                reports.removeFirst()
                let now = Int64(time * 1e9)
                report.bytes.withUnsafeBytes { bytes in
                    var reader = RTCPCompoundReader(bytes)
                    guard case .transportFeedback(let arrived)? = reader.next() else { return }
                    let missing = gaps.lost(before: arrived).map {
                        TransportFeedback.Result(sequenceNumber: $0, arrivalTicks: nil)
                    }
                    for result in missing + Array(arrived) {
                        guard let packet = log.take(result.sequenceNumber) else { continue }
                        feedback.packet(isLost: result.arrivalTicks == nil, nowNanoseconds: now)
                        if let ticks = result.arrivalTicks {
                            estimator.arrived(sent: packet.sentNanoseconds, ticks: ticks, bytes: packet.bytes)
                        } else {
                            estimator.lost(sent: packet.sentNanoseconds, bytes: packet.bytes)
                        }
                    }
                }
                let free = StreamPlan(wish, feedback: feedback.controller, takesCopies: true)
                let isNew = estimator.settle(
                    demand: free.demand, least: StreamPlan.leastDemand(wish), nowNanoseconds: now)
                if feedback.settle(nowNanoseconds: now) || isNew {
                    plan = StreamPlan(
                        wish, feedback: feedback.controller, takesCopies: true, budget: estimator.limit.map { Int($0) },
                        present: plan)
                }
            }
        }
        return samples
    }
}

extension [BottleneckCall.Sample] {
    func between(_ begin: Double, _ end: Double) -> [BottleneckCall.Sample] {
        filter { $0.time >= begin && $0.time < end }
    }

    var meanDemand: Double { reduce(0) { $0 + $1.demand } / Double(Swift.max(count, 1)) }
    var lossShare: Double { Double(filter { $0.wait == nil }.count) / Double(Swift.max(count, 1)) }
    /// ms
    func wait(quantile: Double) -> Double {
        let waits = compactMap(\.wait).sorted()
        return waits.isEmpty ? 0 : waits[Int(Double(waits.count - 1) * quantile)]
    }

    var figures: String {
        "\(Int(meanDemand)) b/s, waits \(Int(wait(quantile: 0.5))) and \(Int(wait(quantile: 0.95))) ms, lost \(lossShare)"
    }
}

@Suite struct SendRateTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func aWideLineLimitsNothing(seed: UInt64) throws {
        var call = BottleneckCall(capacity: { _ in 2_000_000 })
        call.seed = seed
        call.drift = seed == 2 ? 200e-6 : -200e-6
        call.jitter = 40
        let samples = try call.run(seconds: 120)
        #expect(samples.allSatisfy { $0.limit == nil && $0.plan.bitrate == 48_000 && $0.plan.frameMilliseconds == 20 })
    }

    /// A line that gets thin and wide again. Headers counted, a voice of 48 kb/s wants 82.
    @Test(arguments: [60_000, 40_000, 28_000] as [Double], [1, 2, 3] as [UInt64])
    func theRateFollowsABottleneck(thin: Double, seed: UInt64) throws {
        var call = BottleneckCall(capacity: { $0 >= 20 && $0 < 80 ? thin : 300_000 })
        call.seed = seed
        let samples = try call.run(seconds: 140)
        // What had come together before is gone, at 5 kb/s more than nothing.
        let settled = samples.between(thin < 30_000 ? 40 : 30, 80)
        print("measured: bottleneck of \(Int(thin)): \(settled.figures)")
        #expect(settled.wait(quantile: 0.5) < 80 && settled.wait(quantile: 0.95) < 300, "\(settled.figures)")
        #expect(settled.meanDemand > thin * 0.6 && settled.meanDemand < thin * 1.05, "\(settled.figures)")
        #expect(settled.allSatisfy { $0.plan.bitrate >= 12_000 })
        if thin < 50_000 { #expect(settled.contains { $0.plan.frameMilliseconds > 20 }) }
        // Wide again: what was asked for, within twenty seconds.
        let after = samples.between(100, 140)
        #expect(after.allSatisfy { $0.plan.bitrate == 48_000 && $0.plan.frameMilliseconds == 20 })
    }

    @Test(arguments: [0.05, 0.2, 0.4], [1, 2, 3, 4] as [UInt64])
    func lossAtRandomDoesNotTakeTheRateAway(loss: Double, seed: UInt64) throws {
        var call = BottleneckCall(capacity: { _ in 2_000_000 })
        call.loss = loss
        call.seed = seed
        let samples = try call.run(seconds: 180)
        let limited = samples.filter { $0.limit != nil }
        print("measured: random loss of \(loss): limited \(Double(limited.count) / Double(samples.count)) of the time")
        #expect(Double(limited.count) < 0.2 * Double(samples.count))
        let level: RedundancyLevel = loss > 0.3 ? .heavy : loss > 0.1 ? .strong : .medium
        #expect(samples.last?.plan.level == level)
    }

    /// A path that drops what is over its rate, without a queue.
    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func aPolicerIsFoundOut(seed: UInt64) throws {
        var call = BottleneckCall(capacity: { _ in 60_000 })
        call.room = 0.02
        call.seed = seed
        let samples = try call.run(seconds: 180)
        let settled = samples.between(60, 180)
        print("measured: policer of 60000: \(settled.figures)")
        #expect(settled.lossShare < 0.15, "\(settled.figures)")
        #expect(settled.meanDemand > 36_000, "\(settled.figures)")
    }

    /// The path becomes 80 ms longer: at first sight a queue.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aLongerPathIsNoQueue(seed: UInt64) throws {
        var call = BottleneckCall(capacity: { _ in 300_000 }, delay: { $0 < 30 ? 20 : 100 })
        call.seed = seed
        let samples = try call.run(seconds: 80)
        #expect(samples.between(0, 30).allSatisfy { $0.limit == nil })
        #expect(samples.between(45, 80).allSatisfy { $0.limit == nil })
        #expect(samples.allSatisfy { $0.plan.bitrate >= 16_000 })
    }

    @Test func musicGetsWhatThePathTakes() throws {
        var call = BottleneckCall(capacity: { $0 < 40 ? 150_000 : 500_000 })
        call.wish = StreamPlan.Wish(bitrate: 192_000, frameMilliseconds: 20)
        let samples = try call.run(seconds: 90)
        let thin = samples.between(15, 40)
        #expect(thin.meanDemand > 90_000 && thin.meanDemand < 158_000, "\(thin.figures)")
        #expect(samples.between(75, 90).allSatisfy { $0.plan.bitrate == 192_000 })
    }
}
