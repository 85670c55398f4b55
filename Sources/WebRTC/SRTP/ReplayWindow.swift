/// Which of the last 1024 packet indices have come (RFC 3711 section 3.3.2): 136 bytes.
struct ReplayWindow: BitwiseCopyable {
    static let size: UInt64 = 1024

    /// The highest index that has come.
    private(set) var highest: UInt64
    /// A bit for each index, at the index modulo the window's size.
    private var bits: InlineArray<16, UInt64>

    /// A window whose first packet is `index`.
    init(first index: UInt64) {
        highest = index
        bits = InlineArray(repeating: 0)
        set(index)
    }

    /// Whether a packet with this index may still be taken.
    func check(_ index: UInt64) throws(SRTPError) {
        if index > highest { return }
        guard highest - index < ReplayWindow.size else { throw .tooOld }
        guard bits[word(index)] & bit(index) == 0 else { throw .replayed }
    }

    /// Notes a packet that ``check(_:)`` let pass and that was authentic.
    mutating func mark(_ index: UInt64) {
        if index > highest {
            if index - highest >= ReplayWindow.size {
                bits = InlineArray(repeating: 0)
            } else {
                var cleared = highest + 1
                while cleared <= index {
                    if cleared & 63 == 0, index - cleared >= 63 {
                        bits[word(cleared)] = 0
                        cleared += 64
                    } else {
                        bits[word(cleared)] &= ~bit(cleared)
                        cleared += 1
                    }
                }
            }
            highest = index
        }
        set(index)
    }

    private mutating func set(_ index: UInt64) {
        bits[word(index)] |= bit(index)
    }

    private func word(_ index: UInt64) -> Int {
        Int(truncatingIfNeeded: index >> 6) & 15
    }

    private func bit(_ index: UInt64) -> UInt64 {
        1 << (index & 63)
    }
}
