/// Walks over the elements of a header extension, one-byte (RFC 8285 section 4.2) or two-byte (section 4.3) form.
///
/// Elements hold pointers into the packet and are valid as long as its memory is. Malformed data ends the walk.
@frozen
package struct HeaderExtensionReader {
    /// One element: its identifier and data.
    @frozen
    package struct Element {
        /// 1…14 in the one-byte form, 1…255 in the two-byte form.
        package let identifier: UInt8
        /// 1…16 bytes in the one-byte form, 0…255 in the two-byte form.
        package let data: UnsafeRawBufferPointer

        @inlinable
        init(identifier: UInt8, data: UnsafeRawBufferPointer) {
            self.identifier = identifier
            self.data = data
        }
    }

    /// The "defined by profile" value of the one-byte form.
    package static let oneByteProfile: UInt16 = 0xBEDE
    /// The upper twelve bits of the two-byte form; the lower four are application bits.
    package static let twoByteProfile: UInt16 = 0x1000

    @usableFromInline let data: UnsafeRawBufferPointer
    @usableFromInline let isTwoByte: Bool
    @usableFromInline var offset = 0

    /// Begins at the first element of `packet`'s extension; a packet without one, or with another profile, has none.
    @inlinable
    package init(_ header: RTPHeader, _ packet: UnsafeRawBufferPointer) {
        isTwoByte = header.extensionProfile & 0xFFF0 == HeaderExtensionReader.twoByteProfile
        if (isTwoByte || header.extensionProfile == HeaderExtensionReader.oneByteProfile)
            && header.extensionOffset + header.extensionLength <= packet.count
        {
            data = packet.part(header.extensionOffset, header.extensionLength)
        } else {
            data = UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// The next element, nil at the end.
    @inlinable
    package mutating func next() -> Element? {
        while offset < data.count {
            let first = data[offset]
            if first == 0 {
                offset += 1  // Padding.
                continue
            }
            let identifier: UInt8
            let length: Int
            if isTwoByte {
                guard offset + 2 <= data.count else { break }
                identifier = first
                length = Int(data[offset + 1])
                offset += 2
            } else {
                identifier = first >> 4
                length = Int(first & 0x0F) + 1
                // Identifier 15 stops the processing; 0 with a length is not allowed (RFC 8285 section 4.2).
                guard identifier != 15, identifier != 0 else { break }
                offset += 1
            }
            guard offset + length <= data.count else { break }
            let element = Element(identifier: identifier, data: data.part(offset, length))
            offset += length
            return element
        }
        offset = data.count
        return nil
    }
}
