import CSockets
import Glibc

/// A wake-up that one thread gives and a ``MediaLoop`` (or any poll) sees; signals that were not yet taken add up to
/// one. Giving one costs a system call, allocates nothing, takes no lock and never blocks.
package final class EventFD: Sendable {
    /// Gives the wake-up: a trivial value, so that a realtime thread touches no reference count. Valid as long as its
    /// ``EventFD`` lives.
    @frozen
    package struct Signaller: BitwiseCopyable, Sendable {
        @usableFromInline let descriptor: Int32

        @usableFromInline
        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        @inlinable
        @_noAllocation @_noLocks
        package func signal() {
            csockets_eventfd_signal(descriptor)
        }
    }

    /// Readable while a signal is pending.
    package let descriptor: Int32

    /// Throws ``SocketError`` when the process has no descriptor left.
    package init() throws(SocketError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SocketError("eventfd") }
    }

    deinit {
        close(descriptor)
    }

    package var signaller: Signaller { Signaller(descriptor: descriptor) }

    package func signal() {
        csockets_eventfd_signal(descriptor)
    }

    /// Takes the pending signals; how many there were (0: none).
    @discardableResult
    package func take() -> UInt64 {
        csockets_eventfd_take(descriptor)
    }
}
