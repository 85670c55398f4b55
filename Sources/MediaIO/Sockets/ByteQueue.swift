/// Bytes that wait to be sent, in memory taken once: a ring that refuses what does not fit. Belongs to one thread at a
/// time.
package final class ByteQueue {
    package let capacity: Int
    package private(set) var count = 0
    private let storage: UnsafeMutableRawBufferPointer
    private var head = 0

    package init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
        storage = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit {
        storage.deallocate()
    }

    package var isEmpty: Bool { count == 0 }
    package var free: Int { capacity - count }

    /// All of `bytes`, or nothing and false.
    package func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= free else { return false }
        let tail = (head + count) % capacity
        let first = min(bytes.count, capacity - tail)
        UnsafeMutableRawBufferPointer(rebasing: storage[tail..<(tail + first)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<first]))
        if first < bytes.count {
            UnsafeMutableRawBufferPointer(rebasing: storage[..<(bytes.count - first)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first...]))
        }
        count += bytes.count
        return true
    }

    /// The oldest bytes that lie in one piece.
    package var front: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[head..<(head + min(count, capacity - head))])
    }

    /// Gives up the first `length` bytes.
    package func drop(_ length: Int) {
        precondition(length <= count)
        head = (head + length) % capacity
        count -= length
        if count == 0 { head = 0 }
    }
}
