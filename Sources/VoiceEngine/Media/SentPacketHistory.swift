/// The packets of one stream that were sent last, as they were protected, for answering NACKs (RFC 4585): what was
/// protected once is resent byte for byte, never protected anew. Memory is taken once.
package final class SentPacketHistory {
    /// Packets held; 1.28 s of 20 ms frames.
    package static let capacity = 64
    /// Bytes of a packet at most; longer ones are not held.
    static let slotLength = 1536

    private let bytes: UnsafeMutableRawBufferPointer
    private var lengths = [Int](repeating: 0, count: capacity)
    private var numbers = [UInt16](repeating: 0, count: capacity)

    package init() {
        bytes = .allocate(byteCount: Self.capacity * Self.slotLength, alignment: 64)
    }

    deinit {
        bytes.deallocate()
    }

    /// Keeps a copy of a protected packet.
    package func store(_ packet: UnsafeRawBufferPointer, sequenceNumber: UInt16) {
        let index = Int(sequenceNumber) % Self.capacity
        guard packet.count <= Self.slotLength else {
            lengths[index] = 0
            return
        }
        slot(index).copyMemory(from: packet)
        lengths[index] = packet.count
        numbers[index] = sequenceNumber
    }

    /// The protected packet with this number, if it is still held.
    package func packet(_ sequenceNumber: UInt16) -> UnsafeRawBufferPointer? {
        let index = Int(sequenceNumber) % Self.capacity
        guard lengths[index] > 0, numbers[index] == sequenceNumber else { return nil }
        return UnsafeRawBufferPointer(rebasing: slot(index)[..<lengths[index]])
    }

    private func slot(_ index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: bytes[index * Self.slotLength..<(index + 1) * Self.slotLength])
    }
}
