import Testing
import Transport
import VoiceAudio

@Suite("Telling of xruns")
struct XrunWatchTests {
    @Test("a burst is told once, and its end once")
    func burst() {
        var watch = XrunWatch()
        var told: [AudioThreadProblem] = []
        for tick in 0..<300 {
            // A hundred xruns between 5 s and 10 s.
            let total = min(max(tick - 50, 0), 50) * 2
            let now = MonotonicTime.zero.advanced(byMilliseconds: Int64(tick) * 100)
            if let problem = watch.update(total: total, now: now) { told.append(problem) }
        }
        #expect(told.count == 2)
        #expect(told.last == .recovered)
        guard case .xrunBurst(let count)? = told.first else {
            Issue.record("no burst")
            return
        }
        #expect(count >= 5)
    }

    @Test("single xruns are not told")
    func single() {
        var watch = XrunWatch()
        for second in 0..<100 {
            let now = MonotonicTime.zero.advanced(byMilliseconds: Int64(second) * 1000)
            #expect(watch.update(total: second, now: now) == nil)
        }
    }
}
