import MediaIO
import Testing
import Transport

@Suite struct TimerWheelTests {
    /// Thousands of random operations, each compared with a dictionary that looks at everything.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func doesWhatADictionaryDoes(seed: UInt64) {
        var random = RandomSource.seeded(seed)
        var now = MonotonicTime(nanoseconds: Int64(random.next() % 10_000_000_000))
        var wheel = TimerWheel(tickMilliseconds: 5, now: now)
        var model: [Int: MonotonicTime] = [:]
        var expired: [Int] = []
        for _ in 0..<5000 {
            let key = Int(random.next() % 50)
            switch random.next() % 4 {
            case 0, 1:
                // Overdue, near, and beyond one turn of the wheel (2.56 s).
                let range = [20, 500, 10_000][Int(random.next() % 3)]
                let deadline = now.advanced(byNanoseconds: Int64(random.next() % UInt64(range * 1_000_000)) - 5_000_000)
                wheel.schedule(key, at: deadline)
                model[key] = deadline
            case 2:
                wheel.cancel(key)
                model[key] = nil
            default:
                let step = [1, 30, 4000][Int(random.next() % 3)]
                now = now.advanced(byNanoseconds: Int64(random.next() % UInt64(step * 1_000_000)))
                wheel.advance(to: now, expired: &expired)
                let due = model.filter { $0.value <= now }.keys.sorted()
                #expect(expired.sorted() == due)
                for key in due { model[key] = nil }
            }
            #expect(wheel.count == model.count)
            #expect(wheel.deadline(of: key) == model[key])
            if let earliest = model.values.min() {
                #expect(wheel.nextDeadline <= max(earliest, now.advanced(byMilliseconds: 5)))
            } else {
                #expect(wheel.nextDeadline == .distantFuture)
            }
        }
    }

    /// Waking at `nextDeadline` over and over reaches every deadline, with few wake-ups for nothing.
    @Test func sleepingUntilTheNextDeadlineFindsAll() {
        var random = RandomSource.seeded(9)
        var now = MonotonicTime.zero
        var wheel = TimerWheel(now: now)
        for key in 0..<100 {
            wheel.schedule(key, at: MonotonicTime(nanoseconds: Int64(random.next() % 60_000_000_000)))
        }
        var expired: [Int] = []
        var found = 0
        var turns = 0
        while wheel.count > 0, turns < 10_000 {
            now = max(now, wheel.nextDeadline)
            wheel.advance(to: now, expired: &expired)
            found += expired.count
            turns += 1
        }
        #expect(found == 100)
        #expect(turns < 1500)
    }
}
