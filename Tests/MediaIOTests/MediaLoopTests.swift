import Glibc
import MediaIO
import Synchronization
import Testing
import Transport

private actor Resident {
    nonisolated let loop: MediaLoop
    private var count = 0
    private var timers: [LoopTimer] = []
    private var fired: [Int] = []
    private var waiting: CheckedContinuation<[Int], Never>?
    private var received = 0
    private var wakeUp: EventFD?

    init(loop: MediaLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func increment() -> Bool {
        count += 1
        return loop.isCurrent
    }

    func value() -> Int { count }

    /// Arms timers at the given delays and gives the order in which they fired.
    func fire(delaysMilliseconds: [Int64]) async -> [Int] {
        let now = MonotonicTime.now()
        for (index, delay) in delaysMilliseconds.enumerated() {
            let timer = loop.makeTimer { [weak self] in
                self?.assumeIsolated { $0.timerFired(index, of: delaysMilliseconds.count) }
            }
            timer.arm(at: now.advanced(byMilliseconds: delay))
            timers.append(timer)
        }
        return await withCheckedContinuation { waiting = $0 }
    }

    private func timerFired(_ index: Int, of total: Int) {
        fired.append(index)
        if fired.count == total {
            waiting?.resume(returning: fired)
            waiting = nil
        }
    }

    /// Watches `wakeUp` until it has been signalled `times` times.
    func watch(_ wakeUp: EventFD, times: Int) async throws -> Int {
        self.wakeUp = wakeUp
        try loop.watch(wakeUp.descriptor) { [weak self] in
            self?.assumeIsolated { $0.readable(until: times) }
        }
        return await withCheckedContinuation { waiting = $0 }.reduce(0, +)
    }

    private func readable(until times: Int) {
        guard let wakeUp else { return }
        received += Int(wakeUp.take())
        if received >= times {
            loop.unwatch(wakeUp.descriptor)
            waiting?.resume(returning: [received])
            waiting = nil
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct MediaLoopTests {
    @Test func actorsRunOnItsThread() async throws {
        let loop = try MediaLoop(name: "test-loop")
        let resident = Resident(loop: loop)
        try loop.start()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<1000 { group.addTask { await resident.increment() } }
            for await onThread in group { #expect(onThread) }
        }
        #expect(await resident.value() == 1000)
        #expect(!loop.isCurrent)
        await loop.shutdown()
    }

    @Test func runsJobsThatWereThereBeforeTheStartAndAfterTheEnd() async throws {
        let loop = try MediaLoop(name: "test-late")
        let resident = Resident(loop: loop)
        let early = Task { await resident.increment() }
        try loop.start()
        #expect(await early.value)
        await loop.shutdown()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await resident.increment() } }
            for await serial in group { #expect(serial) }
        }
        #expect(await resident.value() == 101)
        loop.stop()
    }

    @Test func aLoopMayBeLetGoOfByTheLastThingThatIsDoneOnIt() async throws {
        for _ in 0..<200 {
            let last = Task {
                let loop = try MediaLoop(name: "test-last")
                let resident = Resident(loop: loop)
                try loop.start()
                #expect(await resident.increment())
                await loop.shutdown()
                #expect(await resident.increment())
            }
            try await last.value
        }
    }

    @Test func aLoopThatNeverStartedCanBeStopped() async throws {
        let loop = try MediaLoop(name: "test-never")
        let resident = Resident(loop: loop)
        let job = Task { await resident.increment() }
        await loop.shutdown()
        #expect(await job.value)
    }

    @Test func timersFireInOrderAndOnTime() async throws {
        let loop = try MediaLoop(name: "test-timers")
        try loop.start()
        let begin = MonotonicTime.now()
        let order = await Resident(loop: loop).fire(delaysMilliseconds: [40, 10, 25])
        #expect(order == [1, 2, 0])
        #expect(MonotonicTime.now().milliseconds(since: begin) >= 40)
        await loop.shutdown()
    }

    @Test func watchesDescriptors() async throws {
        let loop = try MediaLoop(name: "test-watch")
        let wakeUp = try EventFD()
        try loop.start()
        let resident = Resident(loop: loop)
        async let seen = resident.watch(wakeUp, times: 500)
        for _ in 0..<500 { wakeUp.signal() }
        #expect(try await seen >= 500)
        await loop.shutdown()
    }

    /// A watchdog tells an idle loop from a stuck one.
    @Test func theHeartbeatGoesOnWithoutWork() async throws {
        let loop = try MediaLoop(name: "test-heart")
        try loop.start()
        let begin = loop.heartbeat
        let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
        while loop.heartbeat < begin + 3, MonotonicTime.now() < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(loop.heartbeat >= begin + 3)
        await loop.shutdown()
        #expect(loop.cpuTimeNanoseconds > 0)
    }

    @Test func saysWhenTheSchedulingWasRefused() async throws {
        let loop = try MediaLoop(name: "test-cpu", cpu: 1_000_000)
        let resident = Resident(loop: loop)
        try loop.start()
        _ = await resident.increment()
        #expect(loop.schedulingError == EINVAL)
        await loop.shutdown()
    }
}
