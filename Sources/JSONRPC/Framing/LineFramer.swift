/// Cuts a stream of bytes into lines (NDJSON): LF ends a line, a CR before it and blank lines are tolerated.
///
/// A line over the limit gives ``Line/tooLong`` once, when the limit is passed; the bytes up to the next LF are skipped.
package struct LineFramer: Sendable {
    /// What comes out.
    package enum Line: Sendable, Equatable {
        /// The bytes of a line, without CR and LF; never blank.
        case text([UInt8])
        /// A line was longer than the limit and is being skipped.
        case tooLong
    }

    /// The longest line, in bytes without its LF, that the control socket takes: 1 MiB.
    package static let defaultMaximumLength = 1 << 20

    private let maximumLength: Int
    private var partial: [UInt8] = []
    private var isSkipping = false

    /// - Parameter maximumLength: the longest line in bytes, its LF not counted.
    package init(maximumLength: Int = LineFramer.defaultMaximumLength) {
        self.maximumLength = maximumLength
    }

    /// How many bytes of an unfinished line are held.
    package var bufferedByteCount: Int { partial.count }

    /// Takes bytes as they came and returns the lines that they complete, in order.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while start < bytes.count {
            let lineFeed = bytes[start...].firstIndex(of: 0x0A)
            let end = lineFeed ?? bytes.count
            take(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &lines)
            guard lineFeed != nil else { break }
            endLine(into: &lines)
            start = end + 1
        }
        return lines
    }

    /// Takes bytes as they came; see ``append(_:)-swift.method``.
    package mutating func append(_ bytes: [UInt8]) -> [Line] {
        bytes.withUnsafeBytes { append($0) }
    }

    /// The end of the input: a last line without LF counts as a line.
    package mutating func finish() -> [Line] {
        var lines: [Line] = []
        endLine(into: &lines)
        return lines
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, into lines: inout [Line]) {
        guard !isSkipping else { return }
        guard partial.count + bytes.count <= maximumLength else {
            isSkipping = true
            partial = []
            lines.append(.tooLong)
            return
        }
        partial.append(contentsOf: bytes)
    }

    private mutating func endLine(into lines: inout [Line]) {
        defer { isSkipping = false }
        guard !isSkipping else { return }
        var line = partial
        partial.removeAll(keepingCapacity: partial.capacity <= 4096)
        if line.last == 0x0D { line.removeLast() }
        // A blank line holds nothing but white space.
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        lines.append(.text(line))
    }
}
