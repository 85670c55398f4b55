/// A BYE (RFC 3550 section 6.6): the sources that leave. A view of the packet, valid as long as its memory is.
package struct RTCPGoodbye: Sequence, IteratorProtocol {
    private let sources: UnsafeRawBufferPointer
    private var offset = 0

    /// Reads the packet body behind the common header.
    init?(body: UnsafeRawBufferPointer, count: Int) {
        guard body.count >= 4 * count else { return nil }
        sources = body.part(0, 4 * count)
    }

    /// The next SSRC that leaves.
    package mutating func next() -> UInt32? {
        guard offset + 4 <= sources.count else { return nil }
        defer { offset += 4 }
        return sources.bigEndianUInt32(at: offset)
    }
}
