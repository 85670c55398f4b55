/// A generic NACK (RFC 4585 section 6.2.1): the packets that somebody misses, in the order of the packet. A view of it,
/// valid as long as its memory is.
package struct RTCPGenericNACK: Sequence, IteratorProtocol {
    /// Who asks.
    package let senderSSRC: UInt32
    /// The stream that lacks packets.
    package let mediaSSRC: UInt32

    private let items: UnsafeRawBufferPointer
    private var offset = 0
    /// 0: the packet of the item itself; 1…16: the bit of the mask.
    private var bit = 0

    /// Reads the packet body behind the common header.
    init?(body: UnsafeRawBufferPointer) {
        guard body.count >= 12 else { return nil }
        senderSSRC = body.bigEndianUInt32(at: 0)
        mediaSSRC = body.bigEndianUInt32(at: 4)
        items = body.part(8, (body.count - 8) & ~3)
    }

    /// The next sequence number that is missed. A packet holds at most 17 for every four bytes.
    package mutating func next() -> UInt16? {
        while offset + 4 <= items.count {
            let packet = items.bigEndianUInt16(at: offset)
            let mask = items.bigEndianUInt16(at: offset + 2)
            while bit <= 16 {
                let current = bit
                bit += 1
                if current == 0 { return packet }
                if mask & (1 << UInt16(current - 1)) != 0 { return packet &+ UInt16(current) }
            }
            bit = 0
            offset += 4
        }
        return nil
    }
}
