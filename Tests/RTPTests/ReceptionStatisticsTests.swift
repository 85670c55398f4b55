import RTP
import Testing
import Transport

struct ReceptionStatisticsTests {
    private let frame: Int64 = 20_000_000

    @Test func lossIsCountedAcrossTheWrap() {
        var statistics = ReceptionStatistics(clockRate: 48000)
        for index in 0..<200 where index % 10 != 3 {
            statistics.receive(
                sequenceNumber: UInt16(truncatingIfNeeded: 65500 + index), timestamp: UInt32(index * 960),
                arrivalNanoseconds: Int64(index) * frame)
        }
        #expect(statistics.expected == 200)
        #expect(statistics.received == 180)
        #expect(statistics.cumulativeLost == 20)
        #expect(statistics.highestSequenceNumber == 65699)
        #expect(statistics.jitter == 0)
        let block = statistics.makeReportBlock(ssrc: 9, nowNanoseconds: 0)
        #expect(block.ssrc == 9)
        #expect(block.fractionLost == 25)
        #expect(block.cumulativeLost == 20)
        #expect(block.highestSequenceNumber == 65699)
        // Nothing happened since.
        #expect(statistics.makeReportBlock(ssrc: 9, nowNanoseconds: 0).fractionLost == 0)
    }

    @Test func jitterIsThatOfAppendixA8() {
        var statistics = ReceptionStatistics(clockRate: 48000)
        var jitter = 0.0
        var random = RandomSource.seeded(2)
        var lastTransit: Double?
        for index in 0..<2000 {
            let arrival = Int64(index) * frame + Int64.random(in: 0...15_000_000, using: &random)
            statistics.receive(
                sequenceNumber: UInt16(index), timestamp: UInt32.max &- 50_000 &+ UInt32(index * 960),
                arrivalNanoseconds: arrival)
            let transit = Double(arrival) * 48000 / 1e9 - Double(index * 960)
            if let lastTransit { jitter += (abs(transit - lastTransit) - jitter) / 16 }
            lastTransit = transit
        }
        #expect(abs(Double(statistics.jitter) - jitter) < 2)
        #expect(abs(statistics.jitterMilliseconds - jitter / 48) < 0.1)
    }

    @Test func duplicatesMakeTheLossNegative() {
        var statistics = ReceptionStatistics(clockRate: 48000)
        for number: UInt16 in [1, 2, 2, 2, 3] {
            statistics.receive(sequenceNumber: number, timestamp: 0, arrivalNanoseconds: 0)
        }
        #expect(statistics.cumulativeLost == -2)
        let block = statistics.makeReportBlock(ssrc: 1, nowNanoseconds: 0)
        #expect(block.cumulativeLost == -2)
        #expect(block.fractionLost == 0)
    }

    @Test func aSourceThatBeginsAnewIsNoticedOnItsSecondPacket() {
        var statistics = ReceptionStatistics(clockRate: 48000)
        func receive(_ number: UInt16) -> ReceptionStatistics.Verdict {
            statistics.receive(sequenceNumber: number, timestamp: 0, arrivalNanoseconds: 0)
        }
        #expect(receive(100) == .inOrder)
        #expect(receive(102) == .inOrder)
        #expect(receive(101) == .late)
        #expect(receive(40_000) == .implausible)
        #expect(receive(103) == .inOrder)
        #expect(receive(40_000) == .implausible)
        #expect(receive(40_001) == .restarted)
        #expect(statistics.expected == 1)
        #expect(receive(40_002) == .inOrder)
    }

    @Test func reportsTellWhenTheLastSenderReportCame() {
        var statistics = ReceptionStatistics(clockRate: 48000)
        statistics.receive(sequenceNumber: 1, timestamp: 0, arrivalNanoseconds: 0)
        #expect(statistics.makeReportBlock(ssrc: 1, nowNanoseconds: 5).delaySinceLastSenderReport == 0)
        statistics.senderReport(ntpTime: NTPTime(0x0001_0002_0003_0004), arrivalNanoseconds: 1_000_000_000)
        let block = statistics.makeReportBlock(ssrc: 1, nowNanoseconds: 2_500_000_000)
        #expect(block.lastSenderReport == 0x0002_0003)
        #expect(block.delaySinceLastSenderReport == 65536 + 32768)
    }
}
