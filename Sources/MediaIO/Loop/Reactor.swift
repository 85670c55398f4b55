import CSockets
import Glibc
import Transport

/// The part of a ``MediaLoop`` that only its thread touches: the epoll set, the watched descriptors and the timers.
final class Reactor {
    private struct Watch {
        let descriptor: Int32
        let readable: @Sendable () -> Void
        var writable: (@Sendable () -> Void)?
    }

    private static let eventCapacity = 64

    private let epoll: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    /// By the identifier in the event, so that an event of a descriptor that was closed and reopened within one turn
    /// is not taken for the new one's.
    private var watches: [UInt64: Watch] = [:]
    private var nextIdentifier: UInt64 = 1
    private var timers: [LoopTimer] = []

    init(wakeUp descriptor: Int32) throws(SocketError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SocketError("epoll_create1") }
        events = .allocate(capacity: Self.eventCapacity)
        events.initialize(repeating: epoll_event(), count: Self.eventCapacity)
        try add(descriptor, identifier: 0)
    }

    deinit {
        close(epoll)
        events.deallocate()
    }

    private func add(_ descriptor: Int32, identifier: UInt64) throws(SocketError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = identifier
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else { throw SocketError("epoll_ctl") }
    }

    func watch(_ descriptor: Int32, readable: @escaping @Sendable () -> Void) throws(SocketError) {
        let identifier = nextIdentifier
        try add(descriptor, identifier: identifier)
        nextIdentifier += 1
        watches[identifier] = Watch(descriptor: descriptor, readable: readable)
    }

    func watchWriting(_ descriptor: Int32, writable: (@Sendable () -> Void)?) {
        guard let identifier = watches.first(where: { $0.value.descriptor == descriptor })?.key,
            (watches[identifier]?.writable == nil) != (writable == nil)
        else { return }
        watches[identifier]?.writable = writable
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (writable == nil ? 0 : EPOLLOUT.rawValue)
        event.data.u64 = identifier
        _ = epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
    }

    func unwatch(_ descriptor: Int32) {
        guard let entry = watches.first(where: { $0.value.descriptor == descriptor }) else { return }
        watches.removeValue(forKey: entry.key)
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> LoopTimer {
        let timer = LoopTimer(fire: fire)
        timers.append(timer)
        return timer
    }

    func removeTimer(_ timer: LoopTimer) {
        timer.disarm()
        timers.removeAll { $0 === timer }
    }

    /// Waits for descriptors, the wake-up, the earliest timer or `limit` nanoseconds and calls what is due; true when
    /// the wake-up was among it.
    func turn(limit: Int64) -> Bool {
        var timeout = limit
        var earliest = MonotonicTime.distantFuture
        for timer in timers where timer.deadline < earliest {
            earliest = timer.deadline
        }
        if timeout > 0, earliest != .distantFuture {
            timeout = max(0, min(timeout, earliest.nanoseconds(since: .now())))
        }
        let ready = csockets_epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)
        var wokenUp = false
        for index in 0..<Int(max(0, ready)) {
            let identifier = events[index].data.u64
            if identifier == 0 {
                wokenUp = true
            } else {
                let happened = events[index].events
                // An error is told to whoever reads or writes next.
                let isBroken = happened & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
                if isBroken || happened & EPOLLOUT.rawValue != 0 { watches[identifier]?.writable?() }
                if isBroken || happened & EPOLLIN.rawValue != 0 { watches[identifier]?.readable() }
            }
        }
        if earliest != .distantFuture {
            fireTimers()
        }
        return wokenUp
    }

    private func fireTimers() {
        let now = MonotonicTime.now()
        var index = 0
        // By index: a timer's work may make or remove timers.
        while index < timers.count {
            let timer = timers[index]
            if timer.deadline <= now {
                timer.disarm()
                timer.fire()
            }
            index += 1
        }
    }

    /// Lets go of every handler, and with it of whatever they hold.
    func removeAll() {
        for watch in watches.values {
            _ = epoll_ctl(epoll, EPOLL_CTL_DEL, watch.descriptor, nil)
        }
        watches.removeAll()
        timers.removeAll()
    }
}
