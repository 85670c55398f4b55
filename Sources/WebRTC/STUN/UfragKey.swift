import RTP

/// An ICE username fragment of at most 16 bytes as a value that hashes without allocation: what a server finds the
/// session of a STUN request by. (Ours are that short; longer ones are nobody's here.)
@frozen
package struct UfragKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let length: UInt8

    /// Nil for an empty fragment or one of more than 16 bytes.
    package init?(_ ufrag: String) {
        var ufrag = ufrag
        let key = ufrag.withUTF8 { UfragKey(bytes: UnsafeRawBufferPointer($0)) }
        guard let key else { return nil }
        self = key
    }

    /// The receiver's fragment in the USERNAME (`receiver:sender`) of a STUN binding request; nil if it is none. Looks
    /// no further than needed: neither FINGERPRINT nor MESSAGE-INTEGRITY is checked.
    package init?(requestIn datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= STUNMessage.headerLength, datagram.bigEndianUInt16(at: 0) == STUNMessage.binding,
            datagram.bigEndianUInt32(at: 4) == STUNMessage.magicCookie
        else { return nil }
        var offset = STUNMessage.headerLength
        while offset + 4 <= datagram.count {
            let value = offset + 4
            let length = Int(datagram.bigEndianUInt16(at: offset + 2))
            guard value + length <= datagram.count else { return nil }
            if datagram.bigEndianUInt16(at: offset) == STUNAttribute.username {
                let name = UnsafeRawBufferPointer(rebasing: datagram[value..<(value + length)])
                guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return nil }
                self.init(bytes: UnsafeRawBufferPointer(rebasing: name[..<colon]))
                return
            }
            offset = value + (length + 3) & ~3
        }
        return nil
    }

    /// The character at `index`, nil behind the end: what a server's worker reads its own name from.
    package subscript(index: Int) -> UInt8? {
        guard 0..<Int(length) ~= index else { return nil }
        let word = index < 8 ? high : low
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }

    private init?(bytes: UnsafeRawBufferPointer) {
        guard 1...16 ~= bytes.count else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            let shifted = UInt64(byte) << UInt64(56 - 8 * (index & 7))
            if index < 8 { high |= shifted } else { low |= shifted }
        }
        self.high = high
        self.low = low
        length = UInt8(bytes.count)
    }
}
