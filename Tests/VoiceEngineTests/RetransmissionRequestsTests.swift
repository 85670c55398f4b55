import Testing
import Transport
import VoiceEngine

@Suite struct RetransmissionRequestsTests {
    private var requests = RetransmissionRequests()

    private func milliseconds(_ time: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: time * 1_000_000) }

    private mutating func due(_ time: Int64, roundTrip: Int64 = 10, buffer: Int64 = 100) -> [UInt16] {
        var asked: [UInt16] = []
        requests.due(now: milliseconds(time), roundTrip: roundTrip * 1_000_000, buffer: buffer * 1_000_000) {
            asked.append($0)
        }
        return asked
    }

    @Test mutating func aGapIsAskedForOnceReorderingIsRuledOut() {
        requests.received(65_534, now: milliseconds(0))
        requests.received(1, now: milliseconds(60))
        #expect(due(61) == [])
        #expect(due(66).sorted() == [0, 65_535])
        #expect(due(70) == [])
        requests.received(65_535, now: milliseconds(76))
        #expect(due(90) == [0])
    }

    @Test mutating func whatCannotBePlayedAnyMoreIsNotAskedFor() {
        requests.received(10, now: milliseconds(0))
        requests.received(12, now: milliseconds(40))
        #expect(due(50, roundTrip: 60, buffer: 50) == [])
        #expect(requests.isEmpty)
    }

    @Test mutating func threeTimesAtMost() {
        requests.received(1, now: milliseconds(0))
        requests.received(3, now: milliseconds(20))
        var times = 0
        for time in stride(from: Int64(25), to: 2000, by: 5) { times += due(time, buffer: 5000).count }
        #expect(times == 3)
        #expect(requests.isEmpty)
    }

    @Test mutating func anOutageIsNoGap() {
        requests.received(1, now: milliseconds(0))
        requests.received(500, now: milliseconds(9000))
        #expect(requests.isEmpty)
    }

    @Test mutating func aMendedGapIsForgotten() {
        requests.received(1, now: milliseconds(0))
        requests.received(3, now: milliseconds(20))
        requests.received(2, now: milliseconds(21))
        #expect(requests.isEmpty)
    }
}
