import Synchronization

/// A bounded ring of preallocated slots from many producing threads to one consuming thread: the way between workers.
///
/// Why it is safe (after D. Vyukov's bounded queue): every slot has a turn number. A slot of turn `i` may be written
/// for index `i`, and read for index `i` once its turn is `i + 1`; reading sets it to `i + capacity`, for the next
/// lap. A producer owns index `i` by moving `reserved` from `i` to `i + 1` with compare-and-exchange, after it saw the
/// slot's turn with acquire order (the consumer's last look is over), and publishes with release order; the consumer
/// sees the turn with acquire order and so the slot's bytes complete. A producer that is interrupted between the two
/// holds the consumer up at its slot, not the other producers.
///
/// `@unchecked Sendable`: the stored pointers never change; what they point at is guarded as told above.
package final class MPSCRing: @unchecked Sendable {
    package let capacity: Int
    package let payloadCapacity: Int

    private let memory: UnsafeMutableRawPointer
    private let layout: RingLayout
    private let reserved: UnsafeMutablePointer<Atomic<UInt64>>
    private let read: UnsafeMutablePointer<Atomic<UInt64>>

    /// Bytes of the turn number, and up to where a header of any alignment may begin.
    private static let prefix = 64

    /// Takes all memory that it will ever need, and touches it.
    package init<Header: BitwiseCopyable>(header: Header.Type, capacity: Int, payloadCapacity: Int) {
        layout = RingLayout(
            capacity: capacity, header: header, payloadCapacity: payloadCapacity, prefix: Self.prefix)
        self.capacity = layout.capacity
        self.payloadCapacity = payloadCapacity
        let bytes = 2 * RingLayout.cacheLine + layout.capacity * layout.stride
        memory = .allocate(byteCount: bytes, alignment: RingLayout.cacheLine)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        reserved = memory.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        read = (memory + RingLayout.cacheLine).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        reserved.initialize(to: Atomic(0))
        read.initialize(to: Atomic(0))
        for index in 0..<layout.capacity {
            turn(UInt64(index)).initialize(to: Atomic(UInt64(index)))
        }
    }

    deinit {
        for index in 0..<capacity {
            turn(UInt64(index)).deinitialize(count: 1)
        }
        reserved.deinitialize(count: 1)
        read.deinitialize(count: 1)
        memory.deallocate()
    }

    private func slot(_ index: UInt64) -> UnsafeMutableRawPointer {
        memory + 2 * RingLayout.cacheLine + Int(index & UInt64(capacity - 1)) * layout.stride
    }

    private func turn(_ index: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
        slot(index).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private func view(_ index: UInt64) -> RingSlot {
        let slot = slot(index)
        return RingSlot(
            header: slot + Self.prefix,
            payload: UnsafeMutableRawBufferPointer(start: slot + layout.payloadOffset, count: payloadCapacity))
    }

    /// Lets `fill` write the next slot and gives it to the consumer; false when the ring is full. From any thread.
    @discardableResult
    package func write(_ fill: (RingSlot) -> Void) -> Bool {
        var index = reserved.pointee.load(ordering: .relaxed)
        while true {
            let turn = turn(index).pointee.load(ordering: .acquiring)
            if turn == index {
                let (exchanged, original) = reserved.pointee.weakCompareExchange(
                    expected: index, desired: index &+ 1, ordering: .relaxed)
                if exchanged { break }
                index = original
            } else if Int64(bitPattern: turn &- index) < 0 {
                return false
            } else {
                index = reserved.pointee.load(ordering: .relaxed)
            }
        }
        fill(view(index))
        turn(index).pointee.store(index &+ 1, ordering: .releasing)
        return true
    }

    /// Lets `take` look at the oldest slot and gives it back; false when the ring is empty. From the one consuming
    /// thread only.
    @discardableResult
    package func read(_ take: (RingSlot) -> Void) -> Bool {
        let index = read.pointee.load(ordering: .relaxed)
        guard turn(index).pointee.load(ordering: .acquiring) == index &+ 1 else { return false }
        take(view(index))
        turn(index).pointee.store(index &+ UInt64(capacity), ordering: .releasing)
        read.pointee.store(index &+ 1, ordering: .relaxed)
        return true
    }
}
