import RTP
import Transport

/// A STUN message read in place (RFC 8489, section 5): a view of the datagram, valid as long as its bytes are. Reading
/// it allocates nothing. Integrity is checked apart, by ``hasIntegrity(_:)``, since the key depends on the username.
package struct STUNMessage {
    package enum Class: UInt16, Sendable {
        case request = 0x000
        case indication = 0x010
        case success = 0x100
        case error = 0x110
    }

    package static let headerLength = 20
    package static let magicCookie: UInt32 = 0x2112_A442
    /// The only method that ICE uses.
    package static let binding: UInt16 = 0x001
    /// The methods of TURN (RFC 8656, section 17).
    package static let allocate: UInt16 = 0x003
    package static let refresh: UInt16 = 0x004
    package static let send: UInt16 = 0x006
    package static let data: UInt16 = 0x007
    package static let createPermission: UInt16 = 0x008
    package static let channelBind: UInt16 = 0x009
    /// No honest message has as many attributes.
    private static let maximumAttributes = 64

    package let datagram: UnsafeRawBufferPointer
    package let messageClass: Class
    package let method: UInt16
    package let transactionID: STUNTransactionID
    /// Where USERNAME's value stands in the datagram, if there is one.
    package private(set) var username: UnsafeRawBufferPointer?
    package private(set) var priority: UInt32?
    package private(set) var useCandidate = false
    /// The tie-breaker of ICE-CONTROLLING or ICE-CONTROLLED.
    package private(set) var controllingTieBreaker: UInt64?
    package private(set) var controlledTieBreaker: UInt64?
    /// XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS.
    package private(set) var mappedAddress: TransportAddress?
    package private(set) var errorCode: UInt16?
    /// A comprehension-required attribute that is not understood (RFC 8489, section 6.3).
    package private(set) var unknownAttribute: UInt16?
    package private(set) var hasFingerprint = false
    /// The offsets of the MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 attributes, if they are there.
    private var integrityOffset: Int?
    private var integritySHA256Offset: Int?

    /// Reads a message; nil for what is not STUN with the magic cookie, is cut short, or has a wrong FINGERPRINT.
    package init?(_ datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= Self.headerLength, datagram[0] & 0xC0 == 0 else { return nil }
        let type = datagram.bigEndianUInt16(at: 0)
        guard Int(datagram.bigEndianUInt16(at: 2)) == datagram.count - Self.headerLength, datagram.count % 4 == 0,
            datagram.bigEndianUInt32(at: 4) == Self.magicCookie, let messageClass = Class(rawValue: type & 0x110)
        else { return nil }
        self.datagram = datagram
        self.messageClass = messageClass
        method = type & 0x0F | (type & 0xE0) >> 1 | (type & 0x3E00) >> 2
        transactionID = STUNTransactionID(high: datagram.bigEndianUInt64(at: 8), low: datagram.bigEndianUInt32(at: 16))
        guard readAttributes() else { return nil }
    }

    private mutating func readAttributes() -> Bool {
        var offset = Self.headerLength
        var count = 0
        while offset + 4 <= datagram.count {
            let type = datagram.bigEndianUInt16(at: offset)
            let length = Int(datagram.bigEndianUInt16(at: offset + 2))
            let value = offset + 4
            let next = value + (length + 3) & ~3
            count += 1
            guard next <= datagram.count, count <= Self.maximumAttributes else { return false }
            guard read(type, at: value, length: length) else { return false }
            offset = next
        }
        return offset == datagram.count
    }

    /// Takes in one attribute; false if it makes the message malformed.
    private mutating func read(_ type: UInt16, at value: Int, length: Int) -> Bool {
        if hasFingerprint { return false }  // FINGERPRINT is the last attribute (RFC 8489, section 14.7).
        if type == STUNAttribute.fingerprint {
            guard length == 4, value + 4 == datagram.count else { return false }
            hasFingerprint = true
            let covered = UnsafeRawBufferPointer(rebasing: datagram[..<(value - 4)])
            return datagram.bigEndianUInt32(at: value) == CRC32.checksum(covered) ^ STUNWriter.fingerprintMask
        }
        if type == STUNAttribute.messageIntegritySHA256, integritySHA256Offset == nil {
            // A truncated HMAC (section 14.6) is nothing that anybody has asked for.
            guard length == 32 else { return false }
            integritySHA256Offset = value - 4
            return true
        }
        // What follows MESSAGE-INTEGRITY is not protected by it and is passed over (RFC 8489, section 14.5).
        if integrityOffset != nil || integritySHA256Offset != nil { return true }
        switch type {
        case STUNAttribute.messageIntegrity:
            guard length == 20 else { return false }
            integrityOffset = value - 4
        case STUNAttribute.username:
            guard length <= 513 else { return false }
            username = UnsafeRawBufferPointer(rebasing: datagram[value..<(value + length)])
        case STUNAttribute.priority:
            guard length == 4 else { return false }
            priority = datagram.bigEndianUInt32(at: value)
        case STUNAttribute.useCandidate:
            useCandidate = true
        case STUNAttribute.iceControlling:
            guard length == 8 else { return false }
            controllingTieBreaker = datagram.bigEndianUInt64(at: value)
        case STUNAttribute.iceControlled:
            guard length == 8 else { return false }
            controlledTieBreaker = datagram.bigEndianUInt64(at: value)
        case STUNAttribute.xorMappedAddress:
            guard let address = address(at: value, length: length, xored: true) else { return false }
            mappedAddress = address
        case STUNAttribute.mappedAddress:
            guard let address = address(at: value, length: length, xored: false) else { return false }
            if mappedAddress == nil { mappedAddress = address }
        case STUNAttribute.errorCode:
            guard length >= 4, case let hundreds = datagram[value + 2] & 7, 3...6 ~= hundreds,
                datagram[value + 3] < 100
            else { return false }
            errorCode = UInt16(hundreds) * 100 + UInt16(datagram[value + 3])
        default:
            if type < 0x8000, !STUNAttribute.isKnown(type), unknownAttribute == nil { unknownAttribute = type }
        }
        return true
    }

    private func address(at value: Int, length: Int, xored: Bool) -> TransportAddress? {
        guard length >= 8 else { return nil }
        let port = datagram.bigEndianUInt16(at: value + 2) ^ (xored ? UInt16(Self.magicCookie >> 16) : 0)
        switch (datagram[value + 1], length) {
        case (1, 8):
            let address = datagram.bigEndianUInt32(at: value + 4) ^ (xored ? Self.magicCookie : 0)
            return TransportAddress(ipv4: address, port: port)
        case (2, 20):
            var high = datagram.bigEndianUInt64(at: value + 4)
            var low = datagram.bigEndianUInt64(at: value + 12)
            if xored {
                high ^= UInt64(Self.magicCookie) << 32 | transactionID.high >> 32
                low ^= transactionID.high << 32 | UInt64(transactionID.low)
            }
            return TransportAddress(ipv6High: high, low: low, port: port)
        default:
            return nil
        }
    }

    /// Whether the attribute that goes with the key's digest is there and right.
    package func hasIntegrity(_ key: STUNKey) -> Bool {
        guard let offset = key.digest == .sha1 ? integrityOffset : integritySHA256Offset else { return false }
        let expected = key.mac(of: datagram, integrityAt: offset)
        var difference: UInt8 = 0
        for index in 0..<key.digest.macLength { difference |= expected[index] ^ datagram[offset + 4 + index] }
        return difference == 0
    }

    // MARK: Attributes that ICE does not need

    /// The value of the first attribute of a type, where it may be trusted as much as the message; nil if there is none.
    package func value(of type: UInt16) -> UnsafeRawBufferPointer? {
        var offset = Self.headerLength
        let end = min(integrityOffset ?? datagram.count, integritySHA256Offset ?? datagram.count)
        while offset < end {
            let length = Int(datagram.bigEndianUInt16(at: offset + 2))
            if datagram.bigEndianUInt16(at: offset) == type { return datagram.part(offset + 4, length) }
            offset += 4 + (length + 3) & ~3
        }
        return nil
    }

    /// An attribute that holds a number of 32 bits, such as LIFETIME.
    package func number(of type: UInt16) -> UInt32? {
        guard let value = value(of: type), value.count == 4 else { return nil }
        return value.bigEndianUInt32(at: 0)
    }

    /// An attribute that holds an address, such as XOR-RELAYED-ADDRESS (`xored`) or ALTERNATE-SERVER.
    package func address(of type: UInt16, xored: Bool = true) -> TransportAddress? {
        guard let value = value(of: type), let start = value.baseAddress, let whole = datagram.baseAddress else {
            return nil
        }
        return address(at: start - whole, length: value.count, xored: xored)
    }
}
