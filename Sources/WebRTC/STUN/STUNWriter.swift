import RTP
import Transport

/// Writes a STUN message into a buffer of the caller. The buffer must hold ``maximumLength`` bytes; attributes that do
/// not fit are a broken contract of this module (all lengths are bounded by it).
package struct STUNWriter {
    /// What any binding message of this implementation fits into.
    package static let maximumLength = 700
    static let fingerprintMask: UInt32 = 0x5354_554E

    private let buffer: UnsafeMutableRawBufferPointer
    private let transactionID: STUNTransactionID
    /// The length of the message so far.
    package private(set) var length = STUNMessage.headerLength

    package init(
        _ buffer: UnsafeMutableRawBufferPointer, _ messageClass: STUNMessage.Class, _ transactionID: STUNTransactionID,
        method: UInt16 = STUNMessage.binding
    ) {
        self.buffer = buffer
        self.transactionID = transactionID
        buffer.storeBigEndian(messageClass.rawValue | method, at: 0)
        buffer.storeBigEndian(UInt16(0), at: 2)
        buffer.storeBigEndian(STUNMessage.magicCookie, at: 4)
        buffer.storeBigEndian(transactionID.high, at: 8)
        buffer.storeBigEndian(transactionID.low, at: 16)
    }

    /// Writes the head of an attribute and its padding; gives the offset of its value, which the caller is to write.
    mutating func beginAttribute(_ type: UInt16, length valueLength: Int) -> Int {
        buffer.storeBigEndian(type, at: length)
        buffer.storeBigEndian(UInt16(valueLength), at: length + 2)
        let value = length + 4
        let padded = (valueLength + 3) & ~3
        for offset in valueLength..<padded { buffer[value + offset] = 0 }
        length = value + padded
        buffer.storeBigEndian(UInt16(length - STUNMessage.headerLength), at: 2)
        return value
    }

    /// USERNAME: `name` of at most 513 bytes.
    package mutating func addUsername(_ name: [UInt8]) {
        add(STUNAttribute.username, name)
    }

    /// An attribute of bytes: REALM, NONCE, DATA, …
    package mutating func add(_ type: UInt16, _ bytes: [UInt8]) {
        let value = beginAttribute(type, length: bytes.count)
        buffer.part(value, bytes.count).copyBytes(from: bytes)
    }

    /// An attribute that holds a number of 32 bits: LIFETIME, REQUESTED-TRANSPORT (number in the first byte), …
    package mutating func add(_ type: UInt16, _ number: UInt32) {
        buffer.storeBigEndian(number, at: beginAttribute(type, length: 4))
    }

    package mutating func addPriority(_ priority: UInt32) {
        buffer.storeBigEndian(priority, at: beginAttribute(STUNAttribute.priority, length: 4))
    }

    package mutating func addUseCandidate() {
        _ = beginAttribute(STUNAttribute.useCandidate, length: 0)
    }

    package mutating func addRole(controlling: Bool, tieBreaker: UInt64) {
        let type = controlling ? STUNAttribute.iceControlling : STUNAttribute.iceControlled
        buffer.storeBigEndian(tieBreaker, at: beginAttribute(type, length: 8))
    }

    package mutating func addXORMappedAddress(_ address: TransportAddress) {
        add(STUNAttribute.xorMappedAddress, xored: address)
    }

    /// An attribute that holds an address as XOR-MAPPED-ADDRESS does: XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS.
    package mutating func add(_ type: UInt16, xored address: TransportAddress) {
        let isIPv4 = address.family == .ipv4
        let value = beginAttribute(type, length: isIPv4 ? 8 : 20)
        buffer[value] = 0
        buffer[value + 1] = isIPv4 ? 1 : 2
        buffer.storeBigEndian(address.port ^ UInt16(STUNMessage.magicCookie >> 16), at: value + 2)
        if isIPv4 {
            buffer.storeBigEndian(UInt32(truncatingIfNeeded: address.low) ^ STUNMessage.magicCookie, at: value + 4)
        } else {
            let high = address.high ^ (UInt64(STUNMessage.magicCookie) << 32 | transactionID.high >> 32)
            buffer.storeBigEndian(high, at: value + 4)
            buffer.storeBigEndian(address.low ^ (transactionID.high << 32 | UInt64(transactionID.low)), at: value + 12)
        }
    }

    package mutating func addErrorCode(_ code: STUNErrorCode) {
        let reason = code.reason
        let value = beginAttribute(STUNAttribute.errorCode, length: 4 + reason.utf8CodeUnitCount)
        buffer.storeBigEndian(UInt16(0), at: value)
        buffer[value + 2] = UInt8(code.rawValue / 100)
        buffer[value + 3] = UInt8(code.rawValue % 100)
        reason.withUTF8Buffer { text in
            for (index, byte) in text.enumerated() { buffer[value + 4 + index] = byte }
        }
    }

    package mutating func addUnknownAttribute(_ type: UInt16) {
        buffer.storeBigEndian(type, at: beginAttribute(STUNAttribute.unknownAttributes, length: 2))
    }

    /// MESSAGE-INTEGRITY (or MESSAGE-INTEGRITY-SHA256, as the key has it) over what was written so far.
    package mutating func addIntegrity(_ key: STUNKey) {
        let type = key.digest == .sha1 ? STUNAttribute.messageIntegrity : STUNAttribute.messageIntegritySHA256
        let value = beginAttribute(type, length: key.digest.macLength)
        let mac = key.mac(of: UnsafeRawBufferPointer(buffer), integrityAt: value - 4)
        for index in 0..<key.digest.macLength { buffer[value + index] = mac[index] }
    }

    /// FINGERPRINT, always last.
    package mutating func addFingerprint() {
        let value = beginAttribute(STUNAttribute.fingerprint, length: 4)
        let covered = UnsafeRawBufferPointer(rebasing: buffer[..<(value - 4)])
        buffer.storeBigEndian(CRC32.checksum(covered) ^ Self.fingerprintMask, at: value)
    }
}
