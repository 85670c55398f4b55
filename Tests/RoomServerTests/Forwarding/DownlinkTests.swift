import RTP
import RoomServer
import Testing
import Transport

@Suite struct DownlinkTests {
    private typealias Way = DownlinkCall.Way

    // MARK: A listener who is alone

    /// A line that gets thin, and wide again. Headers counted, a voice of 48 kb/s wants 82.
    @Test(arguments: [60_000, 40_000] as [Double], [1, 2, 3] as [UInt64])
    func aListenerAloneIsFollowed(thin: Double, seed: UInt64) {
        var call = DownlinkCall(ways: [Way(capacity: { $0 < 60 ? thin : 300_000 })])
        call.seed = seed
        let samples = call.run(seconds: 100)[0]
        let settled = samples.between(12, 60)
        print("measured: downlink of \(Int(thin)): \(settled.figures)")
        #expect(settled.wait(quantile: 0.5) < 40 && settled.wait(quantile: 0.95) < 120, "\(settled.figures)")
        #expect(settled.lossShare < 0.01 && settled.meanCopies < 0.2, "\(settled.figures)")
        #expect(settled.meanBitrate > (thin > 50_000 ? 30_000 : 20_000), "\(settled.figures)")
        let after = samples.between(80, 100)
        #expect(after.allSatisfy { $0.plan.bitrate == 48_000 && $0.plan.frameMilliseconds == 20 })
    }

    /// The publisher cannot be told, so that too much is sent, and lost: that is no reason to send more.
    @Test func whatIsLostBecauseTheWayIsFullBringsNoCopies() {
        var call = DownlinkCall(ways: [Way(capacity: { _ in 60_000 }, room: 0.3)])
        call.takesEstimates = false
        let settled = call.run(seconds: 120)[0].between(20, 120)
        print("measured: a publisher who cannot be told: \(settled.figures)")
        // A quarter of what is sent has no room, whatever is done.
        #expect(settled.lossShare < 0.36 && settled.meanCopies < 0.3, "\(settled.figures)")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func copiesOfThePublisherAreGivenUpFirst(seed: UInt64) {
        var call = DownlinkCall(ways: [Way(capacity: { _ in 100_000 })])
        (call.sendsNearCopies, call.seed) = (true, seed)
        let settled = call.run(seconds: 60)[0].between(15, 60)
        print("measured: a browser's voice over 100000: \(settled.figures)")
        #expect(settled.wait(quantile: 0.5) < 40 && settled.wait(quantile: 0.95) < 350, "\(settled.figures)")
        #expect(settled.lossShare < 0.01 && settled.meanCopies < 0.3, "\(settled.figures)")
        #expect(settled.meanBitrate > 45_000, "\(settled.figures)")
    }

    // MARK: Loss that is none of the queue's

    @Test(arguments: [0.05, 0.2], [1, 2, 3] as [UInt64])
    func lossAtRandomKeepsItsCopies(loss: Double, seed: UInt64) {
        var call = DownlinkCall(ways: [Way(loss: loss)])
        call.seed = seed
        let settled = call.run(seconds: 180)[0].between(10, 180)
        print("measured: random loss of \(loss) on the way down: \(settled.figures)")
        #expect(settled.meanCopies > (loss > 0.1 ? 2.6 : 1), "\(settled.figures)")
        #expect(settled.meanBitrate > 45_000, "\(settled.figures)")
    }

    /// A path that drops what is over its rate, without a queue.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aPolicerIsFoundOut(seed: UInt64) {
        var call = DownlinkCall(ways: [Way(capacity: { _ in 60_000 }, room: 0.02)])
        call.seed = seed
        let settled = call.run(seconds: 180)[0].between(60, 180)
        print("measured: policer of 60000 on the way down: \(settled.figures)")
        #expect(settled.lossShare < 0.15, "\(settled.figures)")
    }

    // MARK: A listener among others

    @Test(arguments: [60_000, 40_000] as [Double]) func oneBadLineLeavesAGoodVoice(thin: Double) {
        let thinWay = Way(capacity: { _ in thin }, joins: 10, leaves: 70)
        let ways = DownlinkCall(ways: [Way(), Way(), thinWay]).run(seconds: 90)
        let during = ways[0].between(10, 70)
        print("measured: beside a line of \(Int(thin)): \(during.figures); on it: \(ways[2].figures)")
        #expect(during.allSatisfy { $0.plan.bitrate >= 24_000 && $0.plan.frameMilliseconds <= 40 && $0.copies == 0 })
        #expect(during.meanBitrate < 40_000)
        if thin == 60_000 {
            let settled = ways[2].between(25, 70)
            #expect(settled.wait(quantile: 0.95) < 300 && settled.lossShare < 0.02, "\(settled.figures)")
        }
        #expect(ways[2].between(25, 70).meanCopies < 0.3, "\(ways[2].figures)")
        // It has left.
        #expect(ways[0].between(71, 90).allSatisfy { $0.plan.bitrate == 48_000 })
    }

    @Test func musicIsNoVictim() {
        var call = DownlinkCall(ways: [Way(), Way(capacity: { _ in 30_000 })])
        call.wish = StreamPlan.Wish(bitrate: 192_000, frameMilliseconds: 20)
        let samples = call.run(seconds: 40)[0]
        #expect(samples.allSatisfy { $0.plan.bitrate >= 32_000 && $0.plan.frameMilliseconds == 20 })
    }

    /// The others leave: the one who is left is followed down.
    @Test func whoIsLeftAloneIsFollowed() {
        let thin = Way(capacity: { _ in 40_000 })
        let samples = DownlinkCall(ways: [Way(leaves: 30), thin]).run(seconds: 70)[1]
        #expect(samples.between(0, 30).allSatisfy { $0.plan.bitrate >= 32_000 })
        let alone = samples.between(45, 70)
        print("measured: left alone on 40000: \(alone.figures)")
        #expect(alone.wait(quantile: 0.95) < 300 && alone.lossShare < 0.02, "\(alone.figures)")
    }

    // MARK: Parts

    @Test func theMeterKnowsWhatAStreamIsWhenNothingHoldsItBack() {
        var meter = StreamMeter()
        func add(_ count: Int, bytes: Int, isHeldBack: Bool) {
            // 20 ms of CELT, two channels.
            var packet = [UInt8](repeating: 0, count: bytes)
            packet[0] = 31 << 3 | 4
            for _ in 0..<count {
                packet.withUnsafeBytes { meter.add($0, samples: 960, hasNearCopy: false) { isHeldBack } }
            }
        }
        add(24, bytes: 120, isHeldBack: false)
        #expect(meter.present == nil)
        add(26, bytes: 120, isHeldBack: false)
        #expect(meter.present == StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20))
        #expect(meter.isStereo)
        // Comfort noise says nothing.
        add(500, bytes: 3, isHeldBack: false)
        #expect(meter.present?.bitrate == 48_000)
        add(1000, bytes: 40, isHeldBack: true)
        #expect(meter.present?.bitrate == 16_000 && meter.free?.bitrate == 48_000)
        add(5000, bytes: 40, isHeldBack: false)
        #expect(meter.free.map { $0.bitrate < 17_000 } == true)
        meter.clear()
        #expect(meter.free == nil)
    }

    @Test func aPublisherIsToldWhatHoldsAndWhenItIsOver() {
        var cap = PublisherCap()
        func due(_ ask: Int?, _ milliseconds: Int64) -> UInt64? {
            cap.due(ask, now: MonotonicTime(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000))
        }
        #expect(due(nil, 0) == nil)
        #expect(due(50_000, 100) == 50_000)
        #expect(due(50_000, 200) == nil && due(50_500, 300) == nil)
        #expect(due(49_000, 400) == 49_000)
        #expect(due(60_000, 500) == 60_000)
        #expect(due(60_000, 1400) == nil && due(60_000, 1500) == 60_000)
        #expect(due(nil, 1600) == PublisherCap.none)
        #expect(due(nil, 1700) == nil)
        for second in Int64(1)...4 { #expect(due(nil, 1600 + second * 1000) == PublisherCap.none) }
        #expect(due(nil, 9000) == nil)
        #expect(due(30_000, 9001) == 30_000)
    }

    @Test func doubtComesByLossAndByALongerRoundTrip() {
        var doubt = DownlinkDoubt()
        func at(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: Int64((100 + seconds) * 1e9)) }
        #expect(!doubt.holds(now: at(0)))
        doubt.introduce(now: at(0))
        #expect(doubt.holds(now: at(7)) && !doubt.holds(now: at(9)))
        // Once.
        doubt.introduce(now: at(10))
        doubt.noteLoss(0.01, now: at(10))
        for second in 10..<200 { doubt.noteRoundTrip(Int64.random(in: 30...80) * 1_000_000, now: at(Double(second))) }
        #expect(!doubt.holds(now: at(200)))
        doubt.noteRoundTrip(200_000_000, now: at(201))
        #expect(doubt.holds(now: at(230)) && !doubt.holds(now: at(232)))
        doubt.noteLoss(0.03, now: at(240))
        #expect(doubt.holds(now: at(241)))
        doubt.becomeDeaf(now: at(242))
        doubt.noteLoss(0.03, now: at(260))
        #expect(!doubt.holds(now: at(260)))
        doubt.noteLoss(0.03, now: at(303))
        #expect(doubt.holds(now: at(304)))
    }
}
