/// Where a ring's slots lie in its memory.
@usableFromInline
struct RingLayout {
    /// Bytes that two processors must not write to at the same time; two lines, because x86 fetches pairs.
    static let cacheLine = 128

    let capacity: Int
    let payloadOffset: Int
    let payloadCapacity: Int
    let stride: Int

    /// `prefix`: bytes before the header in each slot.
    init<Header>(capacity: Int, header: Header.Type, payloadCapacity: Int, prefix: Int = 0) {
        precondition(capacity > 0 && payloadCapacity >= 0 && MemoryLayout<Header>.alignment <= 64)
        var power = 1
        while power < capacity { power *= 2 }
        self.capacity = power
        self.payloadCapacity = payloadCapacity
        payloadOffset = (prefix + MemoryLayout<Header>.size + 15) & ~15
        stride = (payloadOffset + payloadCapacity + 63) & ~63
    }
}
