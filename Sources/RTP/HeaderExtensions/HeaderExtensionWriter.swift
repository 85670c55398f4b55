/// Writes a header extension block (RFC 8285 section 4) element by element into the caller's buffer.
@frozen
package struct HeaderExtensionWriter {
    @usableFromInline let buffer: UnsafeMutableRawBufferPointer
    @usableFromInline let isTwoByte: Bool
    @usableFromInline var length = 0

    /// - Parameter twoByte: the two-byte form, needed for identifiers above 14 and data of more than 16 or of no bytes.
    @inlinable
    package init(_ buffer: UnsafeMutableRawBufferPointer, twoByte: Bool = false) {
        self.buffer = buffer
        isTwoByte = twoByte
    }

    /// Appends an element and returns where its data goes; nil if it does not fit into the buffer or the form.
    @inlinable
    package mutating func element(_ identifier: UInt8, length dataLength: Int) -> UnsafeMutableRawBufferPointer? {
        let start = length == 0 ? 4 : length
        let head = isTwoByte ? 2 : 1
        let fits =
            isTwoByte
            ? identifier != 0 && dataLength >= 0 && dataLength <= 255
            : identifier >= 1 && identifier <= 14 && dataLength >= 1 && dataLength <= 16
        guard fits, start + head + dataLength <= buffer.count else { return nil }
        if isTwoByte {
            buffer[start] = identifier
            buffer[start + 1] = UInt8(truncatingIfNeeded: dataLength)
        } else {
            buffer[start] = identifier << 4 | UInt8(truncatingIfNeeded: dataLength - 1)
        }
        length = start + head + dataLength
        return buffer.part(start + head, dataLength)
    }

    /// Pads to a multiple of four and writes the head.
    ///
    /// - Returns: the bytes of the whole block, 0 if it has no element; nil if the padding does not fit.
    @inlinable
    package mutating func finish() -> Int? {
        guard length > 0 else { return 0 }
        let padded = (length + 3) & ~3
        guard padded <= buffer.count else { return nil }
        while length < padded {
            buffer[length] = 0
            length += 1
        }
        let profile = isTwoByte ? HeaderExtensionReader.twoByteProfile : HeaderExtensionReader.oneByteProfile
        buffer.storeBigEndian(profile, at: 0)
        buffer.storeBigEndian(UInt16(truncatingIfNeeded: padded / 4 - 1), at: 2)
        return padded
    }
}
