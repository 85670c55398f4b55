import Glibc
import Synchronization

/// A TCP connection of ICE-TCP on its way from the TCP port to the worker of its session: the descriptor, and what was
/// read of it so far. Closes the descriptor unless somebody has taken it.
package final class AcceptedStream: Sendable {
    /// From the first byte on; at least one whole frame (RFC 4571).
    package let firstBytes: [UInt8]
    private let descriptor: Mutex<Int32?>

    package init(descriptor: Int32, firstBytes: [UInt8]) {
        self.firstBytes = firstBytes
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        if let descriptor = take() { close(descriptor) }
    }

    /// The descriptor, once: whoever gets it closes it.
    package func take() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }
}
