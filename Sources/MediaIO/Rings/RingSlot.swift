/// One slot of a ring, seen in place: a fixed header and room for a payload.
///
/// Not generic, because a generic function of another module cannot be called from `@_noAllocation` code unless it is
/// `public`; so the user says what the header is: `slot.header.assumingMemoryBound(to: FrameHeader.self).pointee = …`.
@frozen
package struct RingSlot: BitwiseCopyable {
    /// The fixed part: bound to the type that the ring was made with. It starts as zeros, and a slot that is used
    /// again still holds what stood there; the producer writes all of it.
    package let header: UnsafeMutableRawPointer
    /// The payload's whole room; how much of it counts, the header tells.
    package let payload: UnsafeMutableRawBufferPointer

    @_noAllocation @_noLocks
    @inlinable
    init(header: UnsafeMutableRawPointer, payload: UnsafeMutableRawBufferPointer) {
        self.header = header
        self.payload = payload
    }
}
