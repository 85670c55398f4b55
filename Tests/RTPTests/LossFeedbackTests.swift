import RTP
import Testing

@Suite struct LossFeedbackTests {
    private static let second: Int64 = 1_000_000_000

    private func block(lost: Int32, highest: UInt32) -> RTCPReportBlock {
        RTCPReportBlock(
            ssrc: 1, fractionLost: 0, cumulativeLost: lost, highestSequenceNumber: highest, jitter: 0,
            lastSenderReport: 0, delaySinceLastSenderReport: 0)
    }

    /// Fifty packets a second, in feedback every 100 ms.
    private func feed(_ feedback: inout LossFeedback, seconds: Int, isLost: (Int) -> Bool) -> Int {
        var told = 0
        for number in 0..<seconds * 50 {
            let now = Int64(number) * 20_000_000
            feedback.packet(isLost: isLost(number), nowNanoseconds: now)
            if number % 5 == 4, feedback.settle(nowNanoseconds: now) { told += 1 }
        }
        return told
    }

    @Test func transportWideFeedbackTellsTheRuns() {
        var single = LossFeedback()
        var runs = LossFeedback()
        let told = feed(&single, seconds: 20) { $0 % 12 == 0 }
        _ = feed(&runs, seconds: 20) { $0 % 48 < 4 }
        #expect(told >= 30)
        #expect(abs(single.controller.loss - 1 / 12.0) < 0.03 && abs(runs.controller.loss - 1 / 12.0) < 0.06)
        #expect(single.controller.level == .medium)
        #expect(runs.controller.meanRun > 3 && runs.controller.level == .strong)
    }

    @Test func receiverReportsAreDifferences() {
        var feedback = LossFeedback()
        // What was lost before the first report is not known in its time.
        let answer1 = feedback.report(block(lost: 500, highest: 1000), nowNanoseconds: 0)
        #expect(!answer1)
        for second in 1...20 {
            let told = feedback.report(
                block(lost: 500 + Int32(second) * 10, highest: 1000 + UInt32(second) * 50),
                nowNanoseconds: Int64(second) * Self.second)
            #expect(told)
        }
        #expect(abs(feedback.controller.loss - 0.2) < 0.01)
        // Across the end of the numbers.
        let answer2 = feedback.report(block(lost: 0, highest: 100), nowNanoseconds: 21 * Self.second)
        #expect(!answer2)
    }

    @Test func whatCameWhenAskedForWasLostAllTheSame() {
        var feedback = LossFeedback()
        var number: UInt16 = 0
        for second in 0..<20 {
            for packet in 0..<50 {
                feedback.packetSent()
                number &+= 1
                guard packet % 10 == 0 else { continue }
                // Asked for twice: one loss.
                feedback.packetRequested(number)
                feedback.packetRequested(number)
            }
            _ = feedback.report(
                block(lost: 0, highest: UInt32(number)), nowNanoseconds: Int64(second) * Self.second)
        }
        #expect(abs(feedback.controller.loss - 0.1) < 0.02)
        #expect(feedback.controller.meanRun < 1.1)
    }

    @Test func requestsAreBelievedBeforeTheNextReport() {
        var feedback = LossFeedback()
        _ = feedback.report(block(lost: 0, highest: 0), nowNanoseconds: 0)
        let answer3 = feedback.settleRequests(nowNanoseconds: 0)
        #expect(!answer3)
        for number in UInt16(1)...50 {
            feedback.packetSent()
            if number % 5 == 0 { feedback.packetRequested(number) }
        }
        let answer4 = feedback.settleRequests(nowNanoseconds: Self.second)
        #expect(answer4)
        #expect(feedback.controller.loss > 0.09 && feedback.controller.level >= .medium)
        // The report of five seconds speaks of them again: they count once.
        let before = feedback.controller.reportedPackets
        let answer5 = feedback.report(block(lost: 0, highest: 250), nowNanoseconds: 5 * Self.second)
        #expect(answer5)
        #expect(feedback.controller.reportedPackets - before == 200)
    }

    @Test func numbersThatWereNeverSentAreNoLoss() {
        var feedback = LossFeedback()
        for second in 0..<20 {
            // The publisher lost ten of each fifty on its own leg; what is on the way makes the counts differ a little.
            _ = feedback.report(
                block(lost: Int32(second) * 10 + (second % 2 == 0 ? 2 : 0), highest: UInt32(second) * 50),
                unsent: Int64(second) * 10, nowNanoseconds: Int64(second) * Self.second)
        }
        #expect(feedback.controller.loss < 0.03 && feedback.controller.level <= .light)
    }

    @Test func feedbackCountsAndNotReportsWhileItComes() {
        var feedback = LossFeedback()
        _ = feedback.report(block(lost: 0, highest: 0), nowNanoseconds: 0)
        _ = feed(&feedback, seconds: 4) { _ in false }
        let answer6 = feedback.report(block(lost: 100, highest: 200), nowNanoseconds: 4 * Self.second)
        #expect(!answer6)
        #expect(feedback.controller.level == .none)
        let answer7 = feedback.report(block(lost: 150, highest: 400), nowNanoseconds: 8 * Self.second)
        #expect(answer7)
        #expect(feedback.controller.level == .strong)
    }

    @Test func aLogGivesEachPacketOnce() {
        var log = SentPacketLog()
        for number in 0..<UInt16(3000) {
            log.record(
                SentPacketLog.Packet(
                    stream: 1, sequenceNumber: number &+ 100, bytes: 200, sentNanoseconds: Int64(number)),
                number: number)
        }
        log.noteRequest(stream: 1, sequenceNumber: 2999 + 100)
        log.noteRequest(stream: 2, sequenceNumber: 2998 + 100)
        var found: [Bool?] = []
        for number in [10, 2999, 2999, 2998, 3000] as [UInt16] { found.append(log.take(number)?.wasRequested) }
        #expect(found == [nil, true, nil, false, nil])
    }
}
