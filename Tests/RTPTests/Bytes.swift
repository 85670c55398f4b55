import RTP

/// Bytes written in hexadecimal; spaces and line ends do not count.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// What `body` writes into a buffer of `capacity` bytes; nil if it says that it does not fit.
func written(capacity: Int = 1500, _ body: (UnsafeMutableRawBufferPointer) -> Int?) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0xEE, count: capacity)
    let length = buffer.withUnsafeMutableBytes { body($0) }
    return length.map { Array(buffer[..<$0]) }
}

/// Runs `body` on a copy of `bytes` that ends at the end of its memory, so that a read behind it is found by the bounds
/// checks of debug builds and by the address sanitizer.
func withExactMemory<Result>(_ bytes: [UInt8], _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return body(memory)
}

extension RTPHeader {
    /// Reads the header of bytes.
    init?(bytes: [UInt8]) {
        guard let header = withExactMemory(bytes, { RTPHeader(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = header
    }
}
