import Glibc
import Synchronization

/// The signals that end `top`, so that it gives the terminal back before it goes.
enum TopSignals {
    private static let ending = Atomic<Bool>(false)

    static var shallEnd: Bool { ending.load(ordering: .relaxed) }

    /// From now on they are only noted.
    static func watch() {
        // Before a handler may touch it: it is made at its first use.
        ending.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in TopSignals.ending.store(true, ordering: .relaxed) }
        }
        signal(SIGWINCH) { _ in }
    }
}
