import CALSA
import Glibc
import MediaIO
import Synchronization

/// The thread on which all sound is made.
///
/// **The problem.** Every 10 ms (5 or 2.5 where a short delay is asked for) the loudspeaker takes a block, and if there is none, everybody hears a click. What is
/// put into the card's queue to be safe is heard that much later, so the queue is short: 20 ms. Within those, the
/// thread must wake, decode what has come of up to fifty streams, mix, encode up to four channels, and write; always,
/// also while the machine compiles, swaps and serves rooms. That leaves no room for waiting on anybody:
///
/// - *Scheduling.* SCHED_FIFO with the configured priority: it runs as soon as it is woken, before everything that is
///   not realtime. One block of the usual call takes 0.3 ms, so it does not starve the machine; the kernel's own guard
///   (95 % of a second) stands behind it. Children of a `fork` do not inherit it (SCHED_RESET_ON_FORK). Where it is
///   refused (no LimitRTPRIO= and no CAP_SYS_NICE) the thread runs anyway, and an event tells.
/// - *No allocation.* malloc takes locks and may ask the kernel for memory, which may wait for the disk. All memory is
///   taken before: rings, jitter buffers, codecs, by the ``DeviceHelper``, who also frees it. Pages are locked where
///   that is allowed, and the stack is touched before it starts, so that no page fault waits either.
/// - *No locks.* A mutex held by a thread of normal priority that is not running at the moment makes the one of
///   highest priority wait for it (priority inversion). Frames and commands go through single-producer single-consumer
///   rings, parameters and figures through atomics. Swift's reference counts are atomics too, but releasing the last
///   one frees: so there is none; what it works on are pointers to plain structures that come and go as commands and
///   results.
/// - *No I/O but the card's.* Files are read before they play and written by the helper; nothing is logged. PCMs are
///   opened and closed by the helper, because that may take seconds (a Bluetooth headset, a sound server).
///
/// The compiler holds the functions of ``AudioLoop`` and all that they call to the first two
/// (`@_noAllocation @_noLocks`); a test counts allocations over thousands of blocks.
///
/// **The clock.** A card paces its own direction: its descriptors are polled, and when a block can be read or written,
/// it is. A direction without a card (`null`, `tone:`, `file:`, `loopback`, a card that failed) is paced by a
/// ``Metronome`` on the monotonic clock; so the thread always turns, publishers always send and players always play,
/// whatever becomes of the cards. Two cards drift against each other; nothing here counts on them to be in step:
/// captured blocks go to the encoders when they come, the mix is made when it is wanted.
///
/// `@unchecked Sendable`: the loop's memory is touched by its thread only, between ``start(priority:)`` and
/// ``stopAndJoin()``; the rest is used by the one helper.
final class AudioThread: @unchecked Sendable {
    private static let name = "zego-audio"
    /// The deepest call is into libopus, which takes up to 100 KB.
    private static let stackBytes = 512 << 10
    // Of <sched.h> and <sys/mman.h>, hidden behind _GNU_SOURCE.
    private static let resetOnFork: Int32 = 0x4000_0000
    private static let lockOnFault: Int32 = 4

    private let loop: UnsafeMutablePointer<AudioLoop>
    private let cells: AudioCells
    // The rings' memory must outlive the loop that works on it.
    private let rings: [AnyObject]
    private var thread: pthread_t?
    private var stack: ThreadStack?

    init(
        cells: AudioCells, commands: SPSCRing, results: SPSCRing, resultsReady: EventFD,
        received: SPSCRing, encoded: SPSCRing, encodedReady: EventFD, outputChannels: Int, block: Int
    ) {
        self.cells = cells
        rings = [commands, results, resultsReady, received, encoded, encodedReady]
        loop = .allocate(capacity: 1)
        loop.initialize(
            to: AudioLoop(
                cells: cells, commands: commands.consumer, results: results.producer,
                resultsReady: resultsReady.signaller, received: received.consumer, encoded: encoded.producer,
                encodedReady: encodedReady.signaller, outputChannels: outputChannels, block: block))
    }

    deinit {
        loop.deinitialize(count: 1)
        loop.deallocate()
    }

    /// Starts it.
    /// - Parameter priority: of SCHED_FIFO, 1…99; 0: do not ask.
    /// - Returns: why realtime scheduling was refused (`errno`), 0 when it was granted or not asked for.
    /// Throws when the system has no thread left.
    func start(priority: Int) throws(AudioError) -> Int32 {
        var refusal: Int32 = 0
        if priority > 0 {
            refusal = create(priority: Int32(priority))
            cells.system.pointee.isRealtime.store(refusal == 0, ordering: .relaxed)
            if refusal == 0 { return 0 }
        }
        let code = create(priority: 0)
        guard code == 0 else {
            throw .deviceUnusable(name: AudioThread.name, detail: String(cString: strerror(code)))
        }
        return refusal
    }

    /// Ends it and waits for it: at most one turn, 20 ms.
    func stopAndJoin() {
        cells.system.pointee.isStopping.store(true, ordering: .releasing)
        guard let thread else { return }
        pthread_join(thread, nil)
        self.thread = nil
        // The reference that the thread lived on: it could not drop it itself, because its stack hangs on it.
        Unmanaged.passUnretained(self).release()
    }

    /// Keeps the process' pages in memory once they have been touched; `errno` when that is not allowed. Only without
    /// a limit: under one, locking what is still to come would make allocations fail elsewhere.
    static func lockMemory() -> Int32 {
        var limit = rlimit()
        guard getrlimit(Int32(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else { return errno }
        guard limit.rlim_cur == rlim_t.max || geteuid() == 0 else { return EPERM }
        return mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE) | lockOnFault) == 0 ? 0 : errno
    }

    private func create(priority: Int32) -> Int32 {
        if stack == nil { stack = ThreadStack(bytes: AudioThread.stackBytes) }
        guard let stack else { return ENOMEM }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstack(&attributes, stack.start, stack.count)
        if priority > 0 {
            var parameters = sched_param()
            parameters.sched_priority = priority
            pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_EXPLICIT_SCHED))
            pthread_attr_setschedpolicy(&attributes, SCHED_FIFO)
            pthread_attr_setschedparam(&attributes, &parameters)
        }
        var created = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &created, &attributes,
            { @Sendable context in
                guard let context else { return nil }
                Unmanaged<AudioThread>.fromOpaque(context).takeUnretainedValue().body()
                return nil
            }, context.toOpaque())
        if code == 0 { thread = created } else { context.release() }
        return code
    }

    private func body() {
        calsa_name_thread(AudioThread.name)
        AlsaMessages.discardOnThisThread()
        if sched_getscheduler(0) == SCHED_FIFO {
            var parameters = sched_param()
            if sched_getparam(0, &parameters) == 0 {
                _ = sched_setscheduler(0, SCHED_FIFO | AudioThread.resetOnFork, &parameters)
            }
        }
        loop.pointee.run()
    }
}
