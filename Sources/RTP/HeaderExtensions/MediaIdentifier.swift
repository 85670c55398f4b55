/// The `mid` of a media section as it travels in a header extension: 1…16 bytes held in place, so that it can be
/// compared, hashed and copied on media paths without allocation.
@frozen
package struct MediaIdentifier: Hashable, Sendable {
    /// The bytes in order, the first in the highest byte of `high`; zero behind the end.
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    /// 1…16.
    package let count: Int

    /// Nil if the bytes are none or more than 16, which a one-byte extension element cannot hold.
    @inlinable
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 1, bytes.count <= 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<bytes.count {
            let byte = UInt64(bytes[index])
            if index < 8 { high |= byte << UInt64(56 - 8 * index) } else { low |= byte << UInt64(120 - 8 * index) }
        }
        self.high = high
        self.low = low
        count = bytes.count
    }

    /// Nil if the text has no or more than 16 bytes of UTF-8.
    package init?(_ text: String) {
        var text = text
        let made = text.withUTF8 { MediaIdentifier(UnsafeRawBufferPointer($0)) }
        guard let made else { return nil }
        self = made
    }

    /// The byte at `index` (0..<`count`).
    @inlinable
    package subscript(index: Int) -> UInt8 {
        index < 8
            ? UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
            : UInt8(truncatingIfNeeded: low >> UInt64(120 - 8 * index))
    }
}

extension MediaIdentifier: CustomStringConvertible {
    package var description: String {
        String(decoding: (0..<count).map { self[$0] }, as: UTF8.self)
    }
}
