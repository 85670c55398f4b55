import RTP

/// Looks at the records of a datagram before OpenSSL does (RFC 6347 section 4.1), because a plaintext record that anybody
/// can make up would let it give up the handshake for good: what the peer could not have sent is dropped.
enum DTLSRecordFilter {
    enum Verdict: Equatable {
        case pass
        case drop
        /// A fatal alert that anybody could have sent: not to be given to OpenSSL, but perhaps the truth.
        case plaintextAlert(UInt8)
    }

    private static let recordHeaderLength = 13
    private static let handshakeHeaderLength = 12

    private enum ContentType {
        static let changeCipherSpec: UInt8 = 20
        static let alert: UInt8 = 21
        static let handshake: UInt8 = 22
        static let applicationData: UInt8 = 23
    }

    /// Judges a datagram that comes to an association of the given role.
    static func judge(_ datagram: UnsafeRawBufferPointer, role: DTLSRole) -> Verdict {
        var offset = 0
        while offset < datagram.count {
            guard offset + recordHeaderLength <= datagram.count else { return .drop }
            let type = datagram[offset]
            // DTLS 1.0 (in the first ClientHello) or 1.2.
            let version = datagram.bigEndianUInt16(at: offset + 1)
            let epoch = datagram.bigEndianUInt16(at: offset + 3)
            let length = Int(datagram.bigEndianUInt16(at: offset + 11))
            guard version == 0xFEFF || version == 0xFEFD, length > 0,
                offset + recordHeaderLength + length <= datagram.count
            else { return .drop }
            let body = datagram.part(offset + recordHeaderLength, length)
            offset += recordHeaderLength + length
            switch (type, epoch) {
            case (ContentType.handshake, 0):
                guard isPlausibleHandshake(body, role: role) else { return .drop }
            case (ContentType.changeCipherSpec, 0):
                guard length == 1, body[0] == 1 else { return .drop }
            case (ContentType.alert, 0):
                return length == 2 && body[0] == 2 ? .plaintextAlert(body[1]) : .drop
            case (ContentType.alert, 1), (ContentType.handshake, 1), (ContentType.applicationData, 1):
                // Encrypted: OpenSSL drops it if it is not authentic.
                break
            default:
                return .drop
            }
        }
        return offset > 0 ? .pass : .drop
    }

    private static func isPlausibleHandshake(_ record: UnsafeRawBufferPointer, role: DTLSRole) -> Bool {
        var offset = 0
        while offset < record.count {
            guard offset + handshakeHeaderLength <= record.count else { return false }
            let lengths = record.part(offset, handshakeHeaderLength)
            let length = Int(lengths.bigEndianUInt32(at: 0) & 0xFF_FFFF)
            let sequenceNumber = lengths.bigEndianUInt16(at: 4)
            let fragmentOffset = Int(lengths.bigEndianUInt32(at: 5) & 0xFF_FFFF)
            let fragmentLength = Int(lengths.bigEndianUInt32(at: 8) & 0xFF_FFFF)
            guard isExpected(lengths[0], role: role), length <= DTLSCertificate.maximumHandshakeMessage,
                sequenceNumber < 16, fragmentOffset + fragmentLength <= length,
                offset + handshakeHeaderLength + fragmentLength <= record.count
            else { return false }
            offset += handshakeHeaderLength + fragmentLength
        }
        return true
    }

    /// Handshake messages that are sent in the clear to a side of this role (RFC 5246 section 7.4, RFC 6347 section 4.3.2).
    private static func isExpected(_ type: UInt8, role: DTLSRole) -> Bool {
        switch role {
        case .active:
            // ServerHello, HelloVerifyRequest, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone,
            // CertificateStatus.
            type == 2 || type == 3 || type == 11 || type == 12 || type == 13 || type == 14 || type == 22
        case .passive:
            // ClientHello, Certificate, CertificateVerify, ClientKeyExchange.
            type == 1 || type == 11 || type == 15 || type == 16
        }
    }
}
