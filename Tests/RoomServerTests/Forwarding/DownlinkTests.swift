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
        call.takesEstimates = { _ in false }
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
        } else {
            // What it does not carry is left out before its queue.
            let settled = ways[2].between(25, 70)
            print("measured: settled on it: \(settled.figures)")
            #expect(settled.wait(quantile: 0.95) < 400 && settled.lossShare < 0.35, "\(settled.figures)")
        }
        #expect(ways[2].between(25, 70).meanCopies < 0.3, "\(ways[2].figures)")
        // It has left.
        #expect(ways[0].between(71, 90).allSatisfy { $0.plan.bitrate == 48_000 })
    }

    @Test func musicIsNoVictim() {
        var call = DownlinkCall(ways: [Way(), Way(capacity: { _ in 30_000 })])
        call.wishes = [StreamPlan.Wish(bitrate: 192_000, frameMilliseconds: 20)]
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

    // MARK: Several streams

    /// Four who take turns over a line that does not quite carry one of them.
    @Test(arguments: [1, 2, 3] as [UInt64]) func whoSpeaksHasTheLineAlone(seed: UInt64) {
        var call = DownlinkCall(ways: [Way(capacity: { _ in 70_000 })])
        call.wishes = Array(repeating: StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20), count: 4)
        call.speaks = { Int($1 / 8) % 4 == $0 }
        call.seed = seed
        let settled = call.run(seconds: 150)[0].between(30, 150).filter { $0.bytes > 100 }
        print("measured: turns on a line of 70000: \(settled.figures)")
        #expect(settled.meanBitrate > 28_000, "\(settled.figures)")
        #expect(settled.wait(quantile: 0.5) < 40 && settled.wait(quantile: 0.95) < 300, "\(settled.figures)")
        #expect(settled.lossShare < 0.01, "\(settled.figures)")
    }

    /// Music and a voice that others hear too: the thin line carries what both cannot be brought below, and no more.
    @Test(arguments: [1, 2, 3] as [UInt64]) func eachHasWhatItCannotGoBelow(seed: UInt64) {
        var call = DownlinkCall(ways: [Way(capacity: { _ in 130_000 }), Way(), Way()])
        call.wishes = [192_000, 48_000].map { StreamPlan.Wish(bitrate: $0, frameMilliseconds: 20) }
        call.seed = seed
        let settled = call.run(seconds: 100)[0].between(30, 100)
        print("measured: music and a voice on a line of 130000: \(settled.of(0).figures); \(settled.of(1).figures)")
        #expect(settled.wait(quantile: 0.95) < 400 && settled.lossShare < 0.02, "\(settled.figures)")
    }

    // MARK: Parts

    @Test func theMeterKnowsWhatAStreamIsWhenNothingHoldsItBack() {
        var meter = StreamMeter()
        func add(_ count: Int, bytes: Int, isHeldBack: Bool) {
            // 20 ms of CELT, two channels.
            var packet = [UInt8](repeating: 0, count: bytes)
            packet[0] = 31 << 3 | 4
            for _ in 0..<count {
                packet.withUnsafeBytes { meter.add($0, samples: 960, hasNearCopy: false, now: .zero) { isHeldBack } }
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
        meter.clear(isHeldBack: false)
        #expect(meter.free == nil)
    }

    @Test func silenceIsToldFromSound() {
        var meter = StreamMeter()
        func add(bytes: Int, at second: Double) {
            [UInt8](repeating: 7, count: bytes).withUnsafeBytes {
                meter.add($0, samples: 960, hasNearCopy: false, now: Self.at(second)) { false }
            }
        }
        #expect(!meter.isActive(now: Self.at(0)))
        add(bytes: 100, at: 0)
        add(bytes: 3, at: 1.5)
        #expect(meter.isActive(now: Self.at(0.9)) && !meter.isActive(now: Self.at(1.6)))
        add(bytes: 100, at: 3)
        #expect(meter.isActive(now: Self.at(3)))
    }

    /// A publisher who begins anew while a listener's line holds the stream back is held back from its first packet on.
    @Test func whatAStreamIsWhenNothingHoldsItBackOutlivesThePublisherWhoIsHeldBack() {
        var meter = StreamMeter()
        func add(bytes: Int, isHeldBack: Bool) {
            let packet = [31 << 3] + [UInt8](repeating: 0, count: bytes - 1)
            for _ in 0..<50 {
                packet.withUnsafeBytes {
                    meter.add($0, samples: 960, hasNearCopy: false, now: .zero) { isHeldBack }
                }
            }
        }
        add(bytes: 120, isHeldBack: false)
        add(bytes: 60, isHeldBack: true)
        meter.clear(isHeldBack: true)
        // Without a gap, so that what all streams want stays what it was.
        #expect(meter.free?.bitrate == 48_000 && meter.present?.bitrate == 24_000)
        add(bytes: 60, isHeldBack: true)
        #expect(meter.free?.bitrate == 48_000 && meter.present?.bitrate == 24_000)
        // It is no longer than that.
        meter.clear(isHeldBack: false)
        add(bytes: 60, isHeldBack: false)
        #expect(meter.free?.bitrate == 24_000)
    }

    private static func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 100_000_000_000 + Int64(seconds * 1e9))
    }

    private static func controller(percent: Int64) -> RedundancyController {
        var controller = RedundancyController()
        for second in 0..<Int64(20) {
            controller.report(lost: percent, of: 100, runs: percent, nowNanoseconds: second * 1_000_000_000)
        }
        return controller
    }

    /// A room does not pay for the copies that one of its lines needs.
    @Test(arguments: [100_000, 130_000, 170_000]) func othersDoNotPayForCopies(budget: Int) {
        let wish = StreamPlan.Wish(bitrate: 64_000, frameMilliseconds: 20)
        var stream = DownlinkShare.Stream(present: wish, free: wish)
        stream.listeners = 5
        var share = DownlinkShare()
        share.settle(budget: budget, stream, feedback: Self.controller(percent: 30))
        #expect(share.ask == nil)
        #expect(share.copyLimit == (budget > 161_600 ? .light : RedundancyLevel.none))
        // Without room for the stream itself it is asked for what there is room for, copies or not.
        share.settle(budget: 80_000, stream, feedback: Self.controller(percent: 30))
        let lossy = share.ask
        share.settle(budget: 80_000, stream, feedback: Self.controller(percent: 0))
        #expect(lossy == share.ask && lossy != nil)
    }

    /// The publisher of a listener who is alone makes room for copies, but gives up no more than the budget demands.
    @Test func whoIsAloneGetsCopiesForWhatTheBudgetLacks() throws {
        let wish = StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)
        func own(_ budget: Int, percent: Int64, _ wish: StreamPlan.Wish = wish) -> Int? {
            var share = DownlinkShare()
            share.settle(
                budget: budget, DownlinkShare.Stream(present: wish, free: wish),
                feedback: Self.controller(percent: percent))
            return share.ask.map { $0 - StreamPlan.demand(bitrate: 0, frameMilliseconds: 20) }
        }
        // Lightly lossy: one copy.
        #expect(own(135_000, percent: 2) == nil)
        let light = try #require(own(120_000, percent: 2))
        #expect(light > 42_000 && light < 44_000)
        #expect(try #require(own(90_000, percent: 2)) > 28_000)
        // Heavily: three, as without a limit.
        let heavy = try #require(own(170_000, percent: 30))
        #expect(heavy > 33_000 && heavy < 35_000)
        #expect(own(240_000, percent: 30) == nil)
        // Music that goes without copies where there is no limit does not make room for them.
        #expect(own(300_000, percent: 30, StreamPlan.Wish(bitrate: 192_000, frameMilliseconds: 20)) == nil)
    }

    @Test func aLimitIsDividedBeyondWhatStreamsCannotGoBelow() {
        func stream(_ bitrate: Int, listeners: Int = 3, takesEstimates: Bool = true) -> DownlinkShare.Stream {
            let wish = StreamPlan.Wish(bitrate: bitrate, frameMilliseconds: 20)
            var stream = DownlinkShare.Stream(present: wish, free: wish)
            (stream.listeners, stream.takesEstimates) = (listeners, takesEstimates)
            return stream
        }
        let streams = [
            stream(192_000), stream(48_000, listeners: 1), stream(48_000, takesEstimates: false), stream(32_000),
        ]
        var split = DownlinkSplit()
        for stream in streams { split.add(stream, level: .none) }
        #expect(split.demand == 192_000 + 48_000 + 48_000 + 32_000 + 4 * 33_600)
        #expect(split.least == streams.reduce(0) { $0 + $1.least })
        for limit in stride(from: split.least, through: split.demand, by: 10_000) {
            let budgets = streams.map { split.budget(of: $0, level: .none, limit: Double(limit)) }
            #expect(zip(budgets, streams).allSatisfy { $0 >= $1.least }, "\(limit): \(budgets)")
            #expect(abs(budgets.reduce(0, +) - limit) < 10, "\(limit): \(budgets)")
        }
        // Less than that is for nobody in full, and more than nothing for all.
        let few = streams.map { split.budget(of: $0, level: .none, limit: Double(split.least / 2)) }
        #expect(few.allSatisfy { $0 > 0 } && few.reduce(0, +) <= split.least / 2)
        #expect(DownlinkSplit().budget(of: stream(48_000), level: .none, limit: 50_000) > 45_000)
    }

    @Test func whoIsSilentTakesNothingOfALimit() {
        let wish = StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)
        var speaking = DownlinkShare.Stream(present: wish, free: wish)
        speaking.listeners = 6
        var silent = speaking
        silent.isActive = false
        var split = DownlinkSplit()
        split.add(speaking, level: .none)
        for _ in 0..<4 { split.add(silent, level: .none) }
        #expect(split.demand == 5 * 81_600 && split.least == speaking.least)
        #expect(split.budget(of: speaking, level: .none, limit: 80_000) == 80_000)
        // What it would get if it began.
        #expect(abs(split.budget(of: silent, level: .none, limit: 120_000) - 60_000) < 2)
        // Nobody speaks: whoever begins gets it all.
        var pause = DownlinkSplit()
        for _ in 0..<4 { pause.add(silent, level: .none) }
        #expect(pause.least == silent.least)
        #expect(pause.budget(of: silent, level: .none, limit: 80_000) == 80_000)
    }

    /// An outage is no deafness: who has answered once is asked on.
    @Test func whoHasAnsweredOnceIsOnlyCutOff() {
        var hearing = DownlinkHearing()
        func verdict(_ seconds: Double, after packets: Int) -> DownlinkHearing.Verdict {
            for _ in 0..<packets { hearing.packetSent() }
            return hearing.verdict(now: Self.at(seconds))
        }
        hearing.begin(now: Self.at(0))
        #expect(verdict(2.9, after: 140) == .answers && verdict(3.1, after: 10) == .isDeaf)
        hearing.begin(now: Self.at(10))
        // Too few packets to tell.
        #expect(verdict(15, after: 99) == .answers && verdict(15, after: 1) == .isDeaf)
        hearing.feedbackArrived(now: Self.at(16))
        #expect(verdict(25.9, after: 500) == .answers && verdict(26.1, after: 0) == .isCutOff)
        // Again from the start, and never deaf any more.
        hearing.begin(now: Self.at(27))
        #expect(verdict(36.9, after: 500) == .answers && verdict(37.1, after: 0) == .isCutOff)
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
