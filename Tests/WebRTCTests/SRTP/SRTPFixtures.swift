import RTP
import Transport
import WebRTC

/// Keys, packets and array-shaped calls for the SRTP tests.
enum SRTPFixtures {
    static func key(_ profile: SRTPProfile, seed: UInt64 = 1) throws -> SRTPMasterKey {
        var random = RandomSource.seeded(seed)
        return try SRTPMasterKey(
            profile: profile, key: random.bytes(SRTPProfile.masterKeyLength),
            salt: random.bytes(profile.masterSaltLength))
    }

    /// A packet with a header extension of four bytes and `count` payload bytes that depend on its number.
    static func packet(_ sequenceNumber: UInt16, ssrc: UInt32 = 0x1234_5678, count: Int = 100) -> [UInt8] {
        var packet = [UInt8](repeating: 0, count: 64)
        let header = RTPHeader(
            payloadType: 111, sequenceNumber: sequenceNumber, timestamp: UInt32(sequenceNumber) &* 960, ssrc: ssrc)
        var map = HeaderExtensionMap()
        map[.audioLevel] = 1
        let level = RTPHeaderExtensions(audioLevel: AudioLevel(level: 30, voiceActivity: true))
        let length = packet.withUnsafeMutableBytes { header.write(extensions: level, map: map, into: $0) } ?? 0
        return packet[..<length] + (0..<count).map { UInt8(truncatingIfNeeded: $0 &+ Int(sequenceNumber)) }
    }

    /// A receiver report without blocks and a CNAME.
    static func report(ssrc: UInt32 = 0x1234_5678) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let length = buffer.withUnsafeMutableBytes {
            var writer = RTCPWriter($0)
            _ = writer.receiverReport(ssrc: ssrc)
            _ = writer.canonicalName(ssrc: ssrc, "somebody")
            return writer.length
        }
        return Array(buffer[..<length])
    }
}

extension SRTPSender {
    /// Protects in place.
    func protect(_ packet: [UInt8]) throws -> [UInt8] {
        var buffer = packet + [UInt8](repeating: 0xEE, count: SRTPProfile.maximumOverhead)
        let length = try buffer.withUnsafeMutableBytes { try protect($0, length: packet.count) }
        return Array(buffer[..<length])
    }

    /// Protects from separate buffers.
    func protectApart(_ packet: [UInt8]) throws -> [UInt8] {
        let headerLength = packet.withUnsafeBytes { RTPHeader.headerLength(of: $0) } ?? 0
        let header = Array(packet[..<headerLength])
        let payload = Array(packet[headerLength...])
        var output = [UInt8](repeating: 0xEE, count: packet.count + profile.rtpOverhead)
        let length = try output.withUnsafeMutableBytes { output in
            try header.withUnsafeBytes { header in
                try payload.withUnsafeBytes { try protect(header: header, payload: $0, into: output) }
            }
        }
        return Array(output[..<length])
    }

    func protectRTCP(_ datagram: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0xEE, count: datagram.count + profile.rtcpOverhead)
        let length = try output.withUnsafeMutableBytes { output in
            try datagram.withUnsafeBytes { try protectRTCP($0, into: output) }
        }
        return Array(output[..<length])
    }
}

extension SRTPReceiver {
    func unprotect(_ packet: [UInt8]) throws -> [UInt8] {
        var buffer = packet
        let length = try buffer.withUnsafeMutableBytes { try unprotect($0) }
        return Array(buffer[..<length])
    }

    func unprotectRTCP(_ datagram: [UInt8]) throws -> [UInt8] {
        var buffer = datagram
        let length = try buffer.withUnsafeMutableBytes { try unprotectRTCP($0) }
        return Array(buffer[..<length])
    }
}
