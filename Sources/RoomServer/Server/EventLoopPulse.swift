import NIOCore
import Synchronization

/// Shows whether an event loop turns. Nothing of it costs anything while nobody asks.
final class EventLoopPulse: Sendable {
    private let eventLoop: any EventLoop
    private let beats = Atomic<UInt64>(0)

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// A number that has grown at the next call if the loop has turned between the two.
    func beat() -> UInt64 {
        eventLoop.execute { self.beats.add(1, ordering: .relaxed) }
        return beats.load(ordering: .relaxed)
    }
}
