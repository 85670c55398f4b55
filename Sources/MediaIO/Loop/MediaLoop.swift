import CSockets
import Glibc
import Synchronization
import Transport

/// A thread of its own that waits for datagrams, deadlines and jobs, and on which actors live.
///
/// It is a `SerialExecutor`: an actor that returns it as its `unownedExecutor` runs on this thread only, and so may
/// the callbacks of descriptors and timers, which enter the actor with `assumeIsolated`:
/// ```
/// actor Worker {
///     let loop: MediaLoop
///     nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///     func open() throws {
///         try loop.watch(socket.descriptor) { [weak self] in self?.assumeIsolated { $0.readable() } }
///     }
/// }
/// ```
/// ``watch(_:readable:)``, ``unwatch(_:)``, ``makeTimer(_:)`` and the timers are for the loop's thread: they stop the
/// process when called from elsewhere. Jobs enqueued before ``start()`` wait; jobs that come after the end are still
/// run, one after the other, on a thread that lives for that.
package final class MediaLoop: SerialExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var phase = Phase.waiting
        /// The loop has seen all jobs and sleeps, or is about to: the next one must wake it.
        var sleeping = true
        var finished: [CheckedContinuation<Void, Never>] = []
    }

    private enum Phase {
        case waiting, running, ended
        /// Ended, and a helper thread is running jobs that came later.
        case late
    }

    /// The loop turns at least this often, so that ``heartbeat`` tells a sleeping thread from a stuck one.
    package static let longestSleepNanoseconds: Int64 = 500_000_000

    package let name: String
    private let scheduling: LoopScheduling
    private let cpu: Int32?
    private let wakeUp: EventFD
    // Reached from the loop's thread only: `reactor` is handed out by `confined`, which checks the thread, and used by
    // `run`, which is the thread.
    nonisolated(unsafe) private let reactor: Reactor
    private let queue = Mutex(Queue())
    private let stopping = Atomic<Bool>(false)
    private let beats = Atomic<UInt64>(0)
    private let cpuNanoseconds = Atomic<Int64>(0)
    /// pthread_self of the thread that runs jobs at present; 0 when none does.
    private let currentThread = Atomic<UInt>(0)
    private let thread = Mutex<pthread_t?>(nil)
    private let refusedScheduling = Atomic<Int32>(0)

    /// - Parameters:
    ///   - name: the thread's name (15 bytes are shown by `ps -T`).
    ///   - scheduling: a wish; see ``schedulingError``.
    ///   - cpu: the one CPU to run on; nil leaves that to the kernel.
    /// Throws ``SocketError`` when the process has no descriptor left.
    package init(name: String, scheduling: LoopScheduling = .normal, cpu: Int? = nil) throws(SocketError) {
        self.name = name
        self.scheduling = scheduling
        self.cpu = cpu.map { Int32(clamping: $0) }
        wakeUp = try EventFD()
        reactor = try Reactor(wakeUp: wakeUp.descriptor)
    }

    // MARK: Life

    /// Starts the thread; once. Throws ``SocketError`` when the system has no thread left.
    package func start() throws(SocketError) {
        let first = queue.withLock { queue in
            defer { if queue.phase == .waiting { queue.phase = .running } }
            return queue.phase == .waiting
        }
        precondition(first, "a MediaLoop starts once")
        let code = thread.withLock { thread in
            Self.spawn(&thread) { [self] in run() }
        }
        guard code == 0 else {
            queue.withLock { $0.phase = .ended }
            throw SocketError(operation: "pthread_create \(name)", code: code)
        }
    }

    /// Ends the thread after the jobs at hand and waits for it. Not from the loop's own thread. May be called twice.
    package func stop() {
        precondition(!isCurrent, "a MediaLoop cannot wait for itself")
        stopping.store(true, ordering: .releasing)
        wakeUp.signal()
        let joined = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let joined {
            pthread_join(joined, nil)
        } else {
            queue.withLock { if $0.phase == .waiting { $0.phase = .ended } }
            runLateJobs()
        }
    }

    /// Like ``stop()`` without blocking a thread of the concurrency pool while the loop comes to its end.
    package func shutdown() async {
        precondition(!isCurrent, "a MediaLoop cannot wait for itself")
        stopping.store(true, ordering: .releasing)
        wakeUp.signal()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let running = queue.withLock { queue in
                if queue.phase == .running { queue.finished.append(continuation) }
                return queue.phase == .running
            }
            if !running { continuation.resume() }
        }
        stop()
    }

    /// Grows with every turn, at least once in ``longestSleepNanoseconds``: a watchdog compares two readings.
    package var heartbeat: UInt64 { beats.load(ordering: .relaxed) }

    /// CPU time that the thread has used, in nanoseconds: exact on the thread itself, else of the last half second.
    package var cpuTimeNanoseconds: Int64 {
        isCurrent ? csockets_thread_cpu_nanoseconds() : cpuNanoseconds.load(ordering: .relaxed)
    }

    /// Why the wished scheduling was not given (`errno`), 0 when it was.
    package var schedulingError: Int32 { refusedScheduling.load(ordering: .relaxed) }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool {
        currentThread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    // MARK: For the loop's thread

    /// Calls `readable` on the loop's thread while `descriptor` has something to read (level-triggered).
    package func watch(_ descriptor: Int32, readable: @escaping @Sendable () -> Void) throws(SocketError) {
        try confined().watch(descriptor, readable: readable)
    }

    /// Calls `writable` on the loop's thread while a watched descriptor can be written to; nil: no longer.
    package func watchWriting(_ descriptor: Int32, writable: (@Sendable () -> Void)?) {
        confined().watchWriting(descriptor, writable: writable)
    }

    /// Ends what ``watch(_:readable:)`` began; before the descriptor is closed.
    package func unwatch(_ descriptor: Int32) {
        confined().unwatch(descriptor)
    }

    /// A timer, disarmed, that the loop holds until ``removeTimer(_:)`` or its own end.
    package func makeTimer(_ fire: @escaping @Sendable () -> Void) -> LoopTimer {
        confined().makeTimer(fire)
    }

    package func removeTimer(_ timer: LoopTimer) {
        confined().removeTimer(timer)
    }

    private func confined() -> Reactor {
        precondition(isCurrent, "only on the thread of the MediaLoop \(name)")
        return reactor
    }

    // MARK: SerialExecutor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // All of it under the lock: once the job can be taken, nothing but the job holds this loop, and what it lets go of
        // may be the last reference.
        queue.withLock { queue in
            queue.jobs.append(job)
            switch queue.phase {
            case .running where queue.sleeping:
                queue.sleeping = false
                wakeUp.signal()
            case .ended:
                queue.phase = .late
                startLateThread()
            case .running, .waiting, .late: break
            }
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func isSameExclusiveExecutionContext(other: MediaLoop) -> Bool {
        self === other
    }

    package func checkIsolated() {
        precondition(isCurrent, "not on the thread of the MediaLoop \(name)")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }

    // MARK: The thread

    private func run() {
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        csockets_name_thread(name)
        applyScheduling()
        var jobs: [UnownedJob] = []
        var nextAccounting = MonotonicTime.zero
        while true {
            beats.add(1, ordering: .relaxed)
            let ran = runJobs(&jobs)
            if !ran, stopping.load(ordering: .acquiring), endIfIdle() { break }
            // After jobs only a look: they may have been followed by others while they ran.
            if reactor.turn(limit: ran ? 0 : Self.longestSleepNanoseconds) {
                wakeUp.take()
            }
            let now = MonotonicTime.now()
            if now >= nextAccounting {
                cpuNanoseconds.store(csockets_thread_cpu_nanoseconds(), ordering: .relaxed)
                nextAccounting = now.advanced(byNanoseconds: Self.longestSleepNanoseconds)
            }
        }
        cpuNanoseconds.store(csockets_thread_cpu_nanoseconds(), ordering: .relaxed)
    }

    /// Runs the jobs at hand. When there were none, the queue is marked as sleeping under the same lock, so that no
    /// job can slip in between unseen.
    private func runJobs(_ jobs: inout [UnownedJob]) -> Bool {
        queue.withLock { queue in
            swap(&jobs, &queue.jobs)
            queue.sleeping = jobs.isEmpty
        }
        guard !jobs.isEmpty else { return false }
        let executor = asUnownedSerialExecutor()
        for job in jobs {
            job.runSynchronously(on: executor)
        }
        // Kept for its capacity: the two arrays take turns and stop growing.
        jobs.removeAll(keepingCapacity: true)
        return true
    }

    private func endIfIdle() -> Bool {
        // Handlers may hold actors that hold this loop: let go of them while this is still their thread.
        reactor.removeAll()
        let finished = queue.withLock { queue -> [CheckedContinuation<Void, Never>]? in
            guard queue.jobs.isEmpty else { return nil }
            queue.phase = .ended
            // Before another thread may run what comes late.
            currentThread.store(0, ordering: .relaxed)
            defer { queue.finished = [] }
            return queue.finished
        }
        guard let finished else { return false }
        for continuation in finished {
            continuation.resume()
        }
        return true
    }

    private func applyScheduling() {
        var code: Int32 = 0
        switch scheduling {
        case .normal:
            break
        case .nice(let value):
            if csockets_set_thread_nice(value) != 0 { code = errno }
        case .fifo(let priority):
            var parameters = sched_param()
            parameters.sched_priority = priority
            code = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)
        }
        if code == 0, let cpu {
            code = csockets_set_thread_cpu(cpu)
        }
        refusedScheduling.store(code, ordering: .relaxed)
    }

    // MARK: Jobs after the end

    private func runLateJobs() {
        queue.withLock { queue in
            guard queue.phase == .ended, !queue.jobs.isEmpty else { return }
            queue.phase = .late
            startLateThread()
        }
    }

    /// Under the queue's lock, which the thread takes first.
    private func startLateThread() {
        var helper: pthread_t?
        let code = Self.spawn(&helper) { [self] in drainLateJobs() }
        precondition(code == 0, "no thread for the last jobs of the MediaLoop \(name)")
        if let helper { pthread_detach(helper) }
    }

    /// Only one such thread exists at a time (the phase `late`), and the loop's own has left: still serial.
    private func drainLateJobs() {
        csockets_name_thread(name)
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        let executor = asUnownedSerialExecutor()
        while true {
            let jobs = queue.withLock { queue -> [UnownedJob] in
                defer { queue.jobs = [] }
                if queue.jobs.isEmpty {
                    currentThread.store(0, ordering: .relaxed)
                    queue.phase = .ended
                }
                return queue.jobs
            }
            guard !jobs.isEmpty else { return }
            for job in jobs {
                job.runSynchronously(on: executor)
            }
        }
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func spawn(_ thread: inout pthread_t?, _ body: @escaping @Sendable () -> Void) -> Int32 {
        var created = pthread_t()
        let context = Unmanaged.passRetained(Body(body))
        let code = pthread_create(
            &created, nil,
            { @Sendable context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        if code == 0 {
            thread = created
        } else {
            context.release()
        }
        return code
    }
}
