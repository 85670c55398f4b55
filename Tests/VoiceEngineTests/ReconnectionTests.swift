import Testing
import Transport
import VoiceEngine

@Suite struct ReconnectionTests {
    /// Runs an outage in virtual time, every attempt failing after `attemptNanoseconds`; the moments of the attempts, in
    /// seconds since the loss, and of giving up.
    private func outage(
        windowSeconds: Double, seed: UInt64, attemptNanoseconds: Int64 = 0
    ) -> (attempts: [Double], gaveUp: Double?) {
        var random = RandomSource.seeded(seed)
        var machine = Reconnection(schedule: RetrySchedule(windowSeconds: windowSeconds))
        var now = MonotonicTime(nanoseconds: 5_000_000_000)
        #expect(machine.start(now: now) == .attempt)
        machine.succeeded()
        let lost = now
        var attempts: [Double] = []
        var action = machine.lost(now: now)
        for _ in 0..<10_000 {
            switch action {
            case .attempt:
                attempts.append(Double(now.nanoseconds(since: lost)) / 1e9)
                now = now.advanced(byNanoseconds: attemptNanoseconds)
                action = machine.failed(now: now, random: &random)
            case .giveUp:
                return (attempts, Double(now.nanoseconds(since: lost)) / 1e9)
            case nil:
                now = machine.deadline
                action = machine.tick(now: now)
            }
        }
        return (attempts, nil)
    }

    @Test func attemptsFollowTheSchedule() throws {
        for seed in UInt64(1)...20 {
            let (attempts, _) = outage(windowSeconds: 1200, seed: seed)
            #expect(attempts[0] == 0)
            let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 }
            #expect((0.4...0.6).contains(pauses[0]))
            #expect((0.8...1.2).contains(pauses[1]))
            #expect((1.6...2.4).contains(pauses[2]))
            for (pause, start) in zip(pauses.dropFirst(3), attempts.dropFirst(3)).dropLast() {
                #expect(start < 60 ? (1.6...2.4).contains(pause) : (8.0...12.0).contains(pause))
            }
        }
    }

    @Test func pausesDifferBetweenClients() {
        #expect(outage(windowSeconds: 60, seed: 1).attempts != outage(windowSeconds: 60, seed: 2).attempts)
        #expect(outage(windowSeconds: 60, seed: 1).attempts == outage(windowSeconds: 60, seed: 1).attempts)
    }

    @Test func givesUpWhenTheWindowEnds() throws {
        let (attempts, gaveUp) = outage(windowSeconds: 1200, seed: 3)
        #expect(try #require(gaveUp) == 1200)
        #expect(attempts.allSatisfy { $0 < 1200 })
        // 30 or so in the first minute, 114 or so after it.
        #expect((120...180).contains(attempts.count))
    }

    @Test func anAttemptMayOutlastTheWindow() throws {
        let (attempts, gaveUp) = outage(windowSeconds: 10, seed: 4, attemptNanoseconds: 4_000_000_000)
        #expect(attempts.count < 5)
        #expect(try #require(gaveUp) >= 10)
    }

    @Test func aChangeOfTheNetworkCutsTheWaitShort() {
        var random = RandomSource.seeded(5)
        var machine = Reconnection(schedule: RetrySchedule(windowSeconds: 1200))
        let now = MonotonicTime.zero
        #expect(machine.networkChanged(now: now) == nil)
        #expect(machine.start(now: now) == .attempt)
        #expect(machine.networkChanged(now: now) == nil)
        #expect(machine.failed(now: now, random: &random) == nil)
        #expect(machine.networkChanged(now: now.advanced(byMilliseconds: 10)) == .attempt)
    }

    @Test func aDrainingServerIsLeftAlone() {
        var machine = Reconnection(schedule: RetrySchedule(windowSeconds: 1200))
        _ = machine.start(now: .zero)
        machine.succeeded()
        #expect(machine.lost(now: .zero, pause: 3_000_000_000) == nil)
        #expect(machine.deadline == MonotonicTime(nanoseconds: 3_000_000_000))
        #expect(machine.tick(now: MonotonicTime(nanoseconds: 2_000_000_000)) == nil)
        #expect(machine.tick(now: MonotonicTime(nanoseconds: 3_000_000_000)) == .attempt)
    }

    @Test func whatIsNotWantedAnyMoreStaysQuiet() {
        var random = RandomSource.seeded(6)
        var machine = Reconnection(schedule: RetrySchedule(windowSeconds: 1200))
        _ = machine.start(now: .zero)
        machine.stop()
        #expect(machine.failed(now: .zero, random: &random) == nil)
        machine.succeeded()
        #expect(machine.state == .idle)
        #expect(machine.lost(now: .zero) == nil)
        #expect(machine.deadline == .distantFuture)
    }

    @Test func whatComesBackByItselfWhileWaitingIsConnectedAndMayBeLostAgain() {
        var random = RandomSource.seeded(9)
        var machine = Reconnection(schedule: RetrySchedule(windowSeconds: 1200))
        _ = machine.start(now: .zero)
        machine.succeeded()
        #expect(machine.lost(now: .zero) == .attempt)
        #expect(machine.failed(now: .zero, random: &random) == nil)
        #expect(machine.deadline != .distantFuture)
        machine.succeeded()
        #expect(machine.state == .connected)
        #expect(machine.deadline == .distantFuture)
        #expect(machine.lost(now: MonotonicTime(nanoseconds: 60_000_000_000)) == .attempt)
    }
}
