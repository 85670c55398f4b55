import RTP
import RoomServer
import Testing
import Transport

@Suite struct SentWindowTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func allowsEachNumberOnce(seed: UInt64) {
        var random = RandomSource.seeded(seed)
        var window = SentWindow()
        var used: Set<Int64> = []
        var top: Int64 = 1000
        for _ in 0..<20_000 {
            top += Int64(random.next() % 100 == 0 ? random.next() % 200 : random.next() % 2)
            let number = top - Int64(random.next() % 80)
            let highest = used.max() ?? number
            let expected = number > highest || highest - number < 64 && !used.contains(number) || used.isEmpty
            let allowed = window.use(number)
            #expect(allowed == expected)
            if expected { used.insert(number) }
            used = used.filter { $0 > top - 400 }
        }
    }
}

@Suite struct ProtectedHistoryTests {
    /// Packets of all sizes, over many turns of the ring and of the sequence numbers: what is given out is what went
    /// in, and the last half second of voice is always there.
    @Test func givesBackWhatWasStored() {
        var random = RandomSource.seeded(5)
        let history = ProtectedHistory()
        var stored: [[UInt8]] = []
        var now = MonotonicTime.zero
        for index in 0..<3000 {
            let packet = random.bytes(20 + Int(random.next() % 600))
            packet.withUnsafeBytes { history.store($0, sequenceNumber: UInt16(truncatingIfNeeded: 64_000 + index)) }
            stored.append(packet)
            let age = Int(random.next() % 200)
            guard age <= index else { continue }
            now = now.advanced(byMilliseconds: 20)
            switch history.take(UInt16(truncatingIfNeeded: 64_000 + index - age), now: now) {
            case .packet(let bytes): #expect(Array(bytes) == stored[index - age])
            case .gone: #expect(age >= 25)
            case .resentJustNow: Issue.record("not asked for before")
            }
        }
    }

    @Test func doesNotRepeatItselfAtOnce() {
        let history = ProtectedHistory()
        [1, 2, 3].withUnsafeBytes { history.store($0, sequenceNumber: 7) }
        func answer(_ milliseconds: Int64) -> String {
            switch history.take(7, now: MonotonicTime.zero.advanced(byMilliseconds: milliseconds)) {
            case .packet: "packet"
            case .resentJustNow: "again"
            case .gone: "gone"
            }
        }
        #expect([0, 5, 9, 10, 12, 25].map(answer) == ["packet", "again", "again", "packet", "again", "packet"])
        guard case .gone = history.take(8, now: .zero) else {
            Issue.record("never stored")
            return
        }
    }
}

@Suite struct LossTrackerTests {
    private func time(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime.zero.advanced(byMilliseconds: milliseconds)
    }

    @Test func asksAfterAMomentAndGivesUp() {
        var tracker = LossTracker()
        var asked: [UInt16] = []
        let gaps = [tracker.received(65_534, now: time(0)), tracker.received(65_538, now: time(20))]
        #expect(gaps == [.inOrder, .afterGap])
        #expect(tracker.lost == 3)
        #expect(tracker.deadline == time(30))
        tracker.takeDue(now: time(29), into: &asked)
        #expect(asked.isEmpty)
        // One of them was only late.
        #expect(tracker.received(65_536, now: time(29)) == .late)
        tracker.takeDue(now: time(30), into: &asked)
        #expect(asked == [65_535, 1])
        #expect(tracker.deadline == time(80))
        for moment in [80, 130, 180, 230] as [Int64] { tracker.takeDue(now: time(moment), into: &asked) }
        #expect(asked.count == 6)
        #expect(tracker.deadline == .distantFuture)
        #expect(tracker.lost == 2)
    }

    @Test func tellsWhatCameBecauseItWasAskedFor() {
        var tracker = LossTracker()
        var asked: [UInt16] = []
        _ = tracker.received(1, now: time(0))
        _ = tracker.received(4, now: time(0))
        tracker.takeDue(now: time(10), into: &asked)
        #expect(asked == [2, 3])
        #expect(tracker.received(3, now: time(11)) == .recovered)
        #expect(tracker.received(5, now: time(12)) == .inOrder)
        #expect(tracker.received(2, now: time(13)) == .recovered)
        // It is not missed any more.
        #expect(tracker.received(2, now: time(14)) == .late)
        #expect(tracker.deadline == .distantFuture)
    }

    @Test func ofALongGapOnlyTheEndIsAskedFor() {
        var tracker = LossTracker()
        var asked: [UInt16] = []
        _ = tracker.received(0, now: time(0))
        _ = tracker.received(1000, now: time(0))
        tracker.takeDue(now: time(10), into: &asked)
        #expect(asked == (936..<1000).map { UInt16($0) })
    }
}

@Suite struct PublisherClockTests {
    private let second: Int64 = 1_000_000_000

    /// A publisher whose clock is an hour off, behind a network of 20 to 60 ms: the offset is known to the shortest way.
    @Test func senderReportsGiveTheOffset() {
        var random = RandomSource.seeded(1)
        var clock = PublisherClock()
        let start: Int64 = 1_700_000_000 * second
        let skew = 3600 * second
        #expect(clock.serverTime(of: NTPTime(unixNanoseconds: start)) == nil)
        for index in 0..<30 {
            let sent = start + Int64(index) * second
            let delay = 20_000_000 + Int64(random.next() % 40_000_000)
            clock.senderReport(
                time: NTPTime(unixNanoseconds: sent - skew), timestamp: UInt32(index * 48_000),
                arrivalUnixNanoseconds: sent + delay)
        }
        let moment = start + 40 * second
        let mapped = clock.serverTime(of: NTPTime(unixNanoseconds: moment - skew))?.unixNanoseconds ?? 0
        #expect(mapped - moment >= 20_000_000 - 1000 && mapped - moment < 30_000_000)
        let byTimestamp = clock.unixNanoseconds(ofTimestamp: 40 * 48_000, arrivalUnixNanoseconds: moment + 50_000_000)
        #expect(abs(byTimestamp - mapped) < 1_000_000)
    }

    /// Without reports the earliest packet counts, whatever the others' delay.
    @Test func arrivalsStandInForReports() {
        var random = RandomSource.seeded(2)
        var clock = PublisherClock()
        let start: Int64 = 1_700_000_000 * second
        for index in 0..<500 {
            let sent = start + Int64(index) * 20_000_000
            let arrival = sent + 5_000_000 + Int64(random.next() % 30_000_000)
            let mapped = clock.unixNanoseconds(
                ofTimestamp: UInt32(truncatingIfNeeded: 4_294_900_000 + index * 960), arrivalUnixNanoseconds: arrival)
            #expect(mapped <= arrival)
            if index > 100 { #expect(abs(mapped - sent - 5_000_000) < 8_000_000) }
        }
    }
}
