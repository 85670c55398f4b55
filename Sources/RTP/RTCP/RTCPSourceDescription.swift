/// A source description (RFC 3550 section 6.5), of which only the canonical names are read: a view of the packet, valid
/// as long as its memory is.
package struct RTCPSourceDescription: Sequence, IteratorProtocol {
    /// A source and its canonical name.
    package struct CanonicalName {
        package let ssrc: UInt32
        /// UTF-8, 0…255 bytes, as it stands in the packet.
        package let name: UnsafeRawBufferPointer
    }

    private let body: UnsafeRawBufferPointer
    private var chunksLeft: Int
    private var offset = 0

    /// The packet body behind the common header.
    init(body: UnsafeRawBufferPointer, count: Int) {
        self.body = body
        chunksLeft = count
    }

    /// The next source that has a canonical name; nil at the end or where the packet is malformed.
    package mutating func next() -> CanonicalName? {
        while chunksLeft > 0, offset + 4 <= body.count {
            chunksLeft -= 1
            let ssrc = body.bigEndianUInt32(at: offset)
            offset += 4
            var name: UnsafeRawBufferPointer?
            while true {
                guard offset < body.count else { return end() }
                let type = body[offset]
                if type == 0 {
                    // At least one zero byte, up to the next multiple of four.
                    offset = (offset + 4) & ~3
                    break
                }
                guard offset + 2 <= body.count else { return end() }
                let length = Int(body[offset + 1])
                guard offset + 2 + length <= body.count else { return end() }
                if type == 1 { name = body.part(offset + 2, length) }
                offset += 2 + length
            }
            if let name { return CanonicalName(ssrc: ssrc, name: name) }
        }
        return nil
    }

    private mutating func end() -> CanonicalName? {
        chunksLeft = 0
        return nil
    }
}
