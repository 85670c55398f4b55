/// Walks over the blocks of a RED payload (RFC 2198 section 3), in the order of the packet: redundant blocks, oldest
/// first as a rule, and the primary one at the end. May be used on the audio thread: it neither allocates nor counts
/// references.
@frozen
package struct REDReader {
    /// A payload with more blocks is refused.
    @inlinable
    package static var maximumBlocks: Int { @_noAllocation @_noLocks get { 32 } }

    @usableFromInline let payload: UnsafeRawBufferPointer
    @usableFromInline var headerOffset = 0
    @usableFromInline var dataOffset: Int
    /// Blocks in the payload, the primary one included.
    package let blockCount: Int

    /// Checks all headers; nil if they or the blocks do not fit into the payload or if there are too many.
    @_noAllocation @_noLocks
    @inlinable
    package init?(_ payload: UnsafeRawBufferPointer) {
        var offset = 0
        var blocks = 1
        var redundantLength = 0
        while true {
            guard offset < payload.count else { return nil }
            if payload[offset] & 0x80 == 0 { break }
            guard offset + 4 <= payload.count, blocks < REDReader.maximumBlocks else { return nil }
            redundantLength += Int(payload[offset + 2] & 0x03) << 8 | Int(payload[offset + 3])
            blocks += 1
            offset += 4
        }
        guard offset + 1 + redundantLength <= payload.count else { return nil }
        self.payload = payload
        dataOffset = offset + 1
        blockCount = blocks
    }

    /// The next block, nil behind the primary one.
    @_noAllocation @_noLocks
    @inlinable
    package mutating func next() -> REDBlock? {
        guard headerOffset >= 0 else { return nil }
        let payloadType = payload[headerOffset] & 0x7F
        guard payload[headerOffset] & 0x80 != 0 else {
            headerOffset = -1
            return REDBlock(
                payloadType: payloadType, timestampOffset: 0, isPrimary: true,
                data: payload.part(dataOffset, payload.count - dataOffset))
        }
        let offset = UInt32(payload[headerOffset + 1]) << 6 | UInt32(payload[headerOffset + 2]) >> 2
        let length = Int(payload[headerOffset + 2] & 0x03) << 8 | Int(payload[headerOffset + 3])
        let block = REDBlock(
            payloadType: payloadType, timestampOffset: offset, isPrimary: false, data: payload.part(dataOffset, length))
        headerOffset += 4
        dataOffset += length
        return block
    }

    /// The primary block of a payload, which is what a listener without RED gets; nil if the payload is malformed.
    @_noAllocation @_noLocks
    @inlinable
    package static func primary(of payload: UnsafeRawBufferPointer) -> REDBlock? {
        guard var reader = REDReader(payload) else { return nil }
        while let block = reader.next() {
            if block.isPrimary { return block }
        }
        return nil
    }
}
