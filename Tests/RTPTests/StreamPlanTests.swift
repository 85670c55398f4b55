import RTP
import Testing

@Suite struct StreamPlanTests {
    private static let voice = StreamPlan.Wish(bitrate: 48_000, frameMilliseconds: 20)

    private func controller(percent: Int64) -> RedundancyController {
        var controller = RedundancyController()
        for second in 0..<Int64(20) {
            controller.report(lost: percent, of: 100, runs: percent, nowNanoseconds: second * 1_000_000_000)
        }
        return controller
    }

    private func plan(
        _ wish: StreamPlan.Wish = voice, percent: Int64 = 0, takesCopies: Bool = true, budget: Int? = nil,
        cap: Int? = nil, present: StreamPlan? = nil
    ) -> StreamPlan {
        StreamPlan(
            wish, feedback: controller(percent: percent), takesCopies: takesCopies, budget: budget, cap: cap,
            present: present)
    }

    @Test func aCleanWideLineGetsWhatWasAskedFor() {
        let plan = plan()
        #expect(plan.level == .none && plan.bitrate == 48_000 && plan.frameMilliseconds == 20)
        #expect(plan.expectedLossPercent == 0)
        #expect(self.plan(budget: 200_000) == plan)
        let music = StreamPlan.Wish(bitrate: 192_000, frameMilliseconds: 20)
        #expect(self.plan(music, budget: 250_000).bitrate == 192_000)
    }

    @Test(arguments: [2, 3, 8, 20, 40] as [Int64])
    func lossIsPaidForByTheEncoder(percent: Int64) {
        let plan = plan(percent: percent)
        #expect(plan.bitrate * (1 + plan.level.copies) <= 90_000)
        #expect(plan.bitrate >= 16_000)
        #expect(plan.expectedLossPercent == 0)
        // Who takes no copies gets redundancy in band, by the measured loss and no more.
        let plain = self.plan(percent: percent, takesCopies: false)
        #expect(plain.level == .none && plain.bitrate == 48_000)
        #expect(plain.expectedLossPercent == min(Int(percent), 20))
    }

    /// What the listeners' lines take is not taken up by copies, which end at the server.
    @Test func aCapHoldsForAFramesOwnPacket() {
        for cap in [70_000, 50_000, 40_000, 30_000] {
            let clean = plan(cap: cap)
            #expect(clean == plan(budget: cap), "\(cap): \(clean)")
            let lossy = plan(percent: 8, cap: cap)
            let own = StreamPlan.demand(bitrate: lossy.bitrate, frameMilliseconds: lossy.frameMilliseconds)
            #expect(own <= cap && lossy.frameMilliseconds == clean.frameMilliseconds, "\(cap): \(lossy)")
            #expect(lossy.level >= .light)
            // The way to the server has its own limit.
            #expect(plan(percent: 8, budget: 45_000, cap: cap).demand <= 45_000)
        }
        #expect(plan(cap: 90_000) == plan())
        #expect(plan(percent: 8, cap: 90_000) == plan(percent: 8))
        #expect(plan(cap: 1).bitrate == StreamPlan.least)
        // The cap has ended.
        #expect(plan(present: plan(cap: 30_000)) == plan())
    }

    @Test func aThinLineGetsLongerFramesBeforeAPoorerVoice() {
        var last: StreamPlan?
        var frames: [Int] = []
        for budget in stride(from: 90_000, through: 10_000, by: -2000) {
            let plan = plan(budget: budget, present: last)
            if budget > StreamPlan.leastDemand(Self.voice) { #expect(plan.demand <= budget, "\(budget): \(plan)") }
            #expect(plan.bitrate >= 12_000)
            #expect(plan.frameMilliseconds == 60 || plan.bitrate >= 24_000)
            frames.append(plan.frameMilliseconds)
            last = plan
        }
        #expect(frames == frames.sorted() && Set(frames) == [20, 40, 60])
        // Back again, not to and fro.
        for budget in stride(from: 10_000, through: 90_000, by: 2000) {
            let plan = plan(budget: budget, present: last)
            #expect(plan.frameMilliseconds <= last?.frameMilliseconds ?? 60)
            last = plan
        }
        #expect(last?.frameMilliseconds == 20 && last?.bitrate == 48_000)
    }

    @Test func frameLengthsDoNotGoToAndFro() {
        var present: StreamPlan?
        var changes = 0
        for step in 0..<100 {
            let plan = plan(budget: 58_000 + (step % 2 == 0 ? 2000 : -2000), present: present)
            if let present, present.frameMilliseconds != plan.frameMilliseconds { changes += 1 }
            present = plan
        }
        #expect(changes <= 1)
    }

    @Test func copiesHaveToBeAffordable() {
        for budget in stride(from: 20_000, through: 140_000, by: 5000) {
            let plan = plan(percent: 20, budget: budget)
            #expect(plan.level == .none || plan.bitrate >= 16_000, "\(budget): \(plan)")
            if budget >= 24_000 { #expect(plan.demand <= budget, "\(budget): \(plan)") }
            // One copy goes along as soon as there is room for two poor voices.
            if budget >= 45_000 { #expect(plan.level >= .light, "\(budget): \(plan)") }
        }
    }
}
