import NIOCore
import Transport

extension VoiceEngine {
    /// Waits until `outcome` has something to answer, or throws ``WaitExpired`` after so many seconds. The answer is
    /// made in the very turn in which the outcome came about, so that a `lastSeq` in it is that of its last event.
    func wait<Value: Sendable>(
        seconds: Double, for outcome: @escaping @Sendable (isolated VoiceEngine) -> Result<Value, any Error>?
    ) async throws -> Value {
        if let result = outcome(self) { return try result.get() }
        let number = nextWaiter
        nextWaiter += 1
        let expiry = eventLoop.scheduleTask(in: .nanoseconds(Int64(min(max(seconds, 0), 1e6) * 1e9))) { [weak self] in
            self?.assumeIsolated { engine in
                engine.waiters.removeValue(forKey: number)?.fail(WaitExpired(lastSeq: engine.lastSeq))
            }
        }
        defer { expiry.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            waiters[number] = Waiter(
                settle: { engine in
                    guard let result = outcome(engine) else { return false }
                    continuation.resume(with: result)
                    return true
                },
                fail: { continuation.resume(throwing: $0) })
        }
    }

    func checkWaiters() {
        for (number, waiter) in waiters.sorted(by: { $0.key < $1.key }) where waiter.settle(self) {
            waiters[number] = nil
        }
    }

    func failWaiters(_ error: any Error) {
        let all = waiters
        waiters = [:]
        for waiter in all.values { waiter.fail(error) }
    }

    // MARK: The timer

    /// Sets the one timer to the earliest deadline of all machines.
    func armTimer() {
        timer?.cancel()
        timer = nil
        let now = MonotonicTime.now()
        var deadline = min(reconnection.deadline, mediaRecovery.deadline, entering.deadline)
        for publisher in publishers.values { deadline = min(deadline, publisher.deadline(now: now)) }
        for player in players.values { deadline = min(deadline, player.deadline(now: now)) }
        for running in endpointSessions.values { deadline = min(deadline, running.session.deadline) }
        guard deadline != .distantFuture else { return }
        let pause = max(0, deadline.nanoseconds(since: now))
        timer = eventLoop.scheduleTask(in: .nanoseconds(pause)) { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
    }

    private func timerFired() {
        let now = MonotonicTime.now()
        perform(reconnection.tick(now: now))
        performMedia(mediaRecovery.tick(now: now))
        performEntering(entering.tick(now: now))
        var events: [EngineEvent] = []
        for token in publishers.keys.sorted() { events += publishers[token]?.tick(now: now) ?? [] }
        for token in players.keys.sorted() { events += players[token]?.tick(now: now) ?? [] }
        tell(events)
        releaseEnded()
        negotiateIfNeeded()
        tickEndpoints()
    }
}
