/// Writes RED payloads (RFC 2198 section 3). May be used on the audio thread.
package enum REDWriter {
    /// Writes the redundant blocks that the format can express (offset of 14 bits, length of 10 bits; others are left
    /// out), oldest first as given, and the primary block behind them.
    ///
    /// - Returns: the bytes written; nil if the buffer is too small or there are more than 31 redundant blocks.
    @_noAllocation @_noLocks
    @inlinable
    package static func write(
        redundant: UnsafeBufferPointer<REDBlock>, primary: REDBlock, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard redundant.count < REDReader.maximumBlocks else { return nil }
        var length = 1 + primary.data.count
        for index in 0..<redundant.count where canExpress(redundant[index]) {
            length += 4 + redundant[index].data.count
        }
        guard length <= buffer.count else { return nil }
        var offset = 0
        for index in 0..<redundant.count where canExpress(redundant[index]) {
            let block = redundant[index]
            let length = block.data.count
            buffer[offset] = 0x80 | (block.payloadType & 0x7F)
            buffer[offset + 1] = UInt8(truncatingIfNeeded: block.timestampOffset >> 6)
            buffer[offset + 2] =
                UInt8(truncatingIfNeeded: block.timestampOffset << 2) | UInt8(truncatingIfNeeded: length >> 8)
            buffer[offset + 3] = UInt8(truncatingIfNeeded: length)
            offset += 4
        }
        buffer[offset] = primary.payloadType & 0x7F
        offset += 1
        for index in 0..<redundant.count where canExpress(redundant[index]) {
            offset = copy(redundant[index].data, into: buffer, at: offset)
        }
        return copy(primary.data, into: buffer, at: offset)
    }

    /// Replaces the payload type `old` by `new` in the headers of a RED payload, in place: payload types inside RED
    /// follow the listener's negotiation too. False if the payload is malformed.
    @_noAllocation @_noLocks
    @inlinable
    package static func replacePayloadType(
        _ old: UInt8, by new: UInt8, in payload: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard REDReader(UnsafeRawBufferPointer(payload)) != nil else { return false }
        var offset = 0
        while true {
            let first = payload[offset]
            if first & 0x7F == old { payload[offset] = first & 0x80 | (new & 0x7F) }
            if first & 0x80 == 0 { return true }
            offset += 4
        }
    }

    @_noAllocation @_noLocks
    @inlinable
    static func canExpress(_ block: REDBlock) -> Bool {
        block.timestampOffset <= REDBlock.maximumTimestampOffset
            && block.data.count <= REDBlock.maximumRedundantLength && block.data.count > 0
    }

    @_noAllocation @_noLocks
    @inlinable
    static func copy(_ data: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int
    {
        if data.count > 0 { buffer.part(offset, data.count).copyMemory(from: data) }
        return offset + data.count
    }
}
