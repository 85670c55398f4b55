import Synchronization

/// A ring of preallocated slots from one producing thread to one consuming thread, written and read in place, without
/// a lock and without waiting: the way between the realtime audio thread and the media thread.
///
/// ```
/// let ring = SPSCRing(header: FrameHeader.self, capacity: 64, payloadCapacity: 1500)
/// let producer = ring.producer            // trivial values, for one thread each
/// if let slot = producer.reserve() { slot.header.storeBytes(of: frame, as: FrameHeader.self); slot.payload[0] = …; producer.commit() }
/// while let slot = consumer.peek() { …; consumer.release() }
/// ```
/// ``Producer`` and ``Consumer`` may be used in `@_noAllocation @_noLocks` functions.
/// They hold plain pointers: keep the ring itself alive for as long as they are in use.
///
/// Why it is safe: `written` and `read` only grow, and each has one writer. The producer fills a slot only while
/// `written − read < capacity`, so never one that the consumer may look at, and publishes it by storing `written` with
/// release order; the consumer loads it with acquire order, so it sees the slot's bytes complete. The other way round
/// `read` is stored with release order after the consumer's last look at a slot and loaded with acquire order before
/// the producer overwrites it. Each side keeps its last sight of the other's index on its own cache line and looks
/// again only when that does not suffice.
///
/// `@unchecked Sendable`: the stored pointers never change; what they point at is guarded as told above.
package final class SPSCRing: @unchecked Sendable {
    /// Slots that it holds at most (the wished number rounded up to a power of two).
    package let capacity: Int
    package let payloadCapacity: Int

    private let memory: UnsafeMutableRawPointer
    private let layout: RingLayout
    private let written: UnsafeMutablePointer<Atomic<UInt64>>
    private let read: UnsafeMutablePointer<Atomic<UInt64>>
    private let seenByProducer: UnsafeMutablePointer<UInt64>
    private let seenByConsumer: UnsafeMutablePointer<UInt64>

    /// Takes all memory that it will ever need, and touches it.
    package init<Header: BitwiseCopyable>(header: Header.Type, capacity: Int, payloadCapacity: Int) {
        layout = RingLayout(capacity: capacity, header: header, payloadCapacity: payloadCapacity)
        self.capacity = layout.capacity
        self.payloadCapacity = payloadCapacity
        let bytes = 2 * RingLayout.cacheLine + layout.capacity * layout.stride
        memory = .allocate(byteCount: bytes, alignment: RingLayout.cacheLine)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        // Line 0 is written by the producer, line 1 by the consumer.
        written = memory.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        seenByProducer = (memory + 8).bindMemory(to: UInt64.self, capacity: 1)
        let second = memory + RingLayout.cacheLine
        read = second.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        seenByConsumer = (second + 8).bindMemory(to: UInt64.self, capacity: 1)
        written.initialize(to: Atomic(0))
        read.initialize(to: Atomic(0))
    }

    deinit {
        written.deinitialize(count: 1)
        read.deinitialize(count: 1)
        memory.deallocate()
    }

    /// The writing end; for one thread at a time.
    package var producer: Producer {
        Producer(
            slots: memory + 2 * RingLayout.cacheLine, stride: layout.stride, payloadOffset: layout.payloadOffset,
            payloadCapacity: payloadCapacity, capacity: UInt64(capacity), written: written, read: read,
            seenRead: seenByProducer)
    }

    /// The reading end; for one thread at a time.
    package var consumer: Consumer {
        Consumer(
            slots: memory + 2 * RingLayout.cacheLine, stride: layout.stride, payloadOffset: layout.payloadOffset,
            payloadCapacity: payloadCapacity, capacity: UInt64(capacity), written: written, read: read,
            seenWritten: seenByConsumer)
    }

    /// Slots that are waiting to be read; from any thread, true of some moment during the call.
    package var count: Int {
        let read = read.pointee.load(ordering: .acquiring)
        return Int(written.pointee.load(ordering: .acquiring) &- read)
    }

    /// The writing end of an ``SPSCRing``. `@unchecked Sendable`: handed over to its one thread, see the ring.
    @frozen
    package struct Producer: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutableRawPointer
        @usableFromInline let stride: Int
        @usableFromInline let payloadOffset: Int
        @usableFromInline let payloadCapacity: Int
        @usableFromInline let capacity: UInt64
        @usableFromInline let written: UnsafeMutablePointer<Atomic<UInt64>>
        @usableFromInline let read: UnsafeMutablePointer<Atomic<UInt64>>
        @usableFromInline let seenRead: UnsafeMutablePointer<UInt64>

        init(
            slots: UnsafeMutableRawPointer, stride: Int, payloadOffset: Int, payloadCapacity: Int, capacity: UInt64,
            written: UnsafeMutablePointer<Atomic<UInt64>>, read: UnsafeMutablePointer<Atomic<UInt64>>,
            seenRead: UnsafeMutablePointer<UInt64>
        ) {
            self.slots = slots
            self.stride = stride
            self.payloadOffset = payloadOffset
            self.payloadCapacity = payloadCapacity
            self.capacity = capacity
            self.written = written
            self.read = read
            self.seenRead = seenRead
        }

        /// The next free slot, to be filled and then given away with ``commit()``; nil while the ring is full. Asked
        /// again without a commit, it is the same slot.
        @_noAllocation @_noLocks
        package func reserve() -> RingSlot? {
            let index = written.pointee.load(ordering: .relaxed)
            if index &- seenRead.pointee >= capacity {
                seenRead.pointee = read.pointee.load(ordering: .acquiring)
                if index &- seenRead.pointee >= capacity { return nil }
            }
            let slot = slots + Int(truncatingIfNeeded: index & (capacity &- 1)) &* stride
            return RingSlot(
                header: slot,
                payload: UnsafeMutableRawBufferPointer(start: slot + payloadOffset, count: payloadCapacity))
        }

        /// Lets the consumer see the slot of the last ``reserve()``.
        @_noAllocation @_noLocks
        package func commit() {
            written.pointee.store(written.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
        }
    }

    /// The reading end of an ``SPSCRing``. `@unchecked Sendable`: handed over to its one thread, see the ring.
    @frozen
    package struct Consumer: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutableRawPointer
        @usableFromInline let stride: Int
        @usableFromInline let payloadOffset: Int
        @usableFromInline let payloadCapacity: Int
        @usableFromInline let capacity: UInt64
        @usableFromInline let written: UnsafeMutablePointer<Atomic<UInt64>>
        @usableFromInline let read: UnsafeMutablePointer<Atomic<UInt64>>
        @usableFromInline let seenWritten: UnsafeMutablePointer<UInt64>

        init(
            slots: UnsafeMutableRawPointer, stride: Int, payloadOffset: Int, payloadCapacity: Int, capacity: UInt64,
            written: UnsafeMutablePointer<Atomic<UInt64>>, read: UnsafeMutablePointer<Atomic<UInt64>>,
            seenWritten: UnsafeMutablePointer<UInt64>
        ) {
            self.slots = slots
            self.stride = stride
            self.payloadOffset = payloadOffset
            self.payloadCapacity = payloadCapacity
            self.capacity = capacity
            self.written = written
            self.read = read
            self.seenWritten = seenWritten
        }

        /// The oldest slot that was not released yet; nil while the ring is empty. It may be changed in place.
        @_noAllocation @_noLocks
        package func peek() -> RingSlot? {
            let index = read.pointee.load(ordering: .relaxed)
            if index == seenWritten.pointee {
                seenWritten.pointee = written.pointee.load(ordering: .acquiring)
                if index == seenWritten.pointee { return nil }
            }
            let slot = slots + Int(truncatingIfNeeded: index & (capacity &- 1)) &* stride
            return RingSlot(
                header: slot,
                payload: UnsafeMutableRawBufferPointer(start: slot + payloadOffset, count: payloadCapacity))
        }

        /// Gives the slot of the last ``peek()`` back to the producer. Only after a ``peek()`` that was not nil.
        @_noAllocation @_noLocks
        package func release() {
            read.pointee.store(read.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
        }
    }
}
