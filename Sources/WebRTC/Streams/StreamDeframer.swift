/// Cuts the bytes of a connection into messages, in memory taken once.
///
/// Read into ``space``, tell how much with ``fill(_:)``, then take messages with ``next()`` until there is none.
/// Belongs to one thread at a time.
package final class StreamDeframer {
    private static let capacity = 16_384

    private let framing: StreamFraming
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: StreamDeframer.capacity, alignment: 8)
    private var start = 0
    private var end = 0
    /// What came is not what the framing says; nothing more is taken.
    package private(set) var isMalformed = false

    package init(_ framing: StreamFraming) {
        self.framing = framing
    }

    deinit {
        storage.deallocate()
    }

    /// Where the next bytes go. Never empty after ``next()`` has given nil. Messages given before are invalid now.
    package var space: UnsafeMutableRawBufferPointer {
        if start > 0 {
            if let base = storage.baseAddress { base.copyMemory(from: base + start, byteCount: end - start) }
            end -= start
            start = 0
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[end...])
    }

    /// `count` bytes were put into ``space``.
    package func fill(_ count: Int) {
        end += count
    }

    /// The next whole message, which may be changed in place, until ``space`` is asked for.
    package func next() -> UnsafeMutableRawBufferPointer? {
        guard !isMalformed else { return nil }
        while true {
            switch framing.frame(in: UnsafeRawBufferPointer(rebasing: storage[start..<end])) {
            case .incomplete: return nil
            case .malformed:
                isMalformed = true
                return nil
            case .message(let offset, let length, let total):
                defer { start += total }
                if length > 0 {
                    return UnsafeMutableRawBufferPointer(
                        rebasing: storage[(start + offset)..<(start + offset + length)])
                }
            }
        }
    }
}
