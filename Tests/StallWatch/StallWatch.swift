import Glibc
import Synchronization
import Transport

/// Whether the machine itself keeps time. A thread that only sleeps 2 ms at a time (under SCHED_FIFO where that is
/// allowed) notes by how much it came late: a virtual machine whose host takes its processors away stands still for
/// 20–120 ms at a time, and then every real-time promise fails, whoever gave it.
package final class StallWatch: Sendable {
    /// Beyond this a card whose queue is one period of 10 ms, as the tests and the daemon have it, runs dry.
    private static let bearableNanoseconds: Int64 = 10_000_000
    private static let pauseNanoseconds: Int64 = 2_000_000

    private let worst = Atomic<Int64>(0)
    private let ended = Atomic<Bool>(false)

    /// Begins to watch; ends with ``end()``.
    package init() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self).toOpaque()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let argument else { return nil }
            Unmanaged<StallWatch>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }
        pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_EXPLICIT_SCHED))
        pthread_attr_setschedpolicy(&attributes, SCHED_FIFO)
        var parameters = sched_param(sched_priority: 60)
        pthread_attr_setschedparam(&attributes, &parameters)
        if pthread_create(&thread, &attributes, body, argument) != 0 {
            pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_INHERIT_SCHED))
            if pthread_create(&thread, &attributes, body, argument) != 0 {
                Unmanaged<StallWatch>.fromOpaque(argument).release()
            }
        }
        pthread_attr_destroy(&attributes)
    }

    /// The longest time that the machine stood still so far, in milliseconds.
    package var worstMilliseconds: Int64 { worst.load(ordering: .relaxed) / 1_000_000 }

    /// Whether it stood still for longer than a card's buffer bears.
    package var stoodStill: Bool { worst.load(ordering: .relaxed) > Self.bearableNanoseconds }

    /// Ends the watching thread.
    package func end() { ended.store(true, ordering: .relaxed) }

    private func run() {
        var before = MonotonicTime.now()
        while !ended.load(ordering: .relaxed) {
            var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.pauseNanoseconds))
            nanosleep(&pause, nil)
            let now = MonotonicTime.now()
            let late = now.nanoseconds(since: before) - Self.pauseNanoseconds
            if late > worst.load(ordering: .relaxed) { worst.store(late, ordering: .relaxed) }
            before = now
        }
    }
}
