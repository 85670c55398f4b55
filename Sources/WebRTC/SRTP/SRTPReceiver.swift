import COpenSSL
import RTP

/// Opens what the peer sends under one master key: RTP of any number of SSRCs, and RTCP (RFC 3711, RFC 7714), each
/// packet once (replay window of 1024).
///
/// A packet changes nothing until its tag has proved right. Of SSRCs, the 512 used last are remembered (an
/// authenticated peer could else fill the memory); one that was forgotten begins anew with roll-over counter 0.
///
/// Confined to one thread or actor. Unprotecting allocates nothing, except that an SSRC's first packet may.
package final class SRTPReceiver {
    private static let maximumSources = 512

    package let profile: SRTPProfile
    private let rtp: SRTPCipher
    private let rtcp: SRTPCipher
    private var streams = SourceTable<ReplayWindow>(maximumCount: SRTPReceiver.maximumSources)
    private var rtcpSources = SourceTable<ReplayWindow>(maximumCount: SRTPReceiver.maximumSources)

    /// - Throws: ``SRTPError/cryptography``.
    package convenience init(_ key: SRTPMasterKey) throws(SRTPError) {
        try self.init(SRTPSessionKeys(key))
    }

    /// A receiver with session keys that were derived already.
    package init(_ keys: SRTPSessionKeys) throws(SRTPError) {
        profile = keys.profile
        rtp = try SRTPCipher(keys.rtp, keys.profile, encrypting: false)
        rtcp = try SRTPCipher(keys.rtcp, keys.profile, encrypting: false)
    }

    /// Checks and decrypts an RTP packet in place.
    ///
    /// - Returns: bytes of the plain packet, at the beginning of `packet`.
    /// - Throws: ``SRTPError/malformed``, ``SRTPError/tooOld``, ``SRTPError/replayed``, ``SRTPError/authentication``;
    ///   what is in `packet` is then undefined.
    package func unprotect(_ packet: UnsafeMutableRawBufferPointer) throws(SRTPError) -> Int {
        let readable = UnsafeRawBufferPointer(packet)
        guard let headerLength = RTPHeader.headerLength(of: readable), let start = packet.baseAddress,
            headerLength + profile.rtpOverhead <= packet.count
        else { throw .malformed }
        let length = packet.count - profile.rtpOverhead
        let ssrc = readable.bigEndianUInt32(at: 8)
        let sequenceNumber = readable.bigEndianUInt16(at: 2)
        let stream = streams.find(ssrc)
        let index = SRTPReceiver.index(sequenceNumber, highest: stream?.pointee.highest)
        try stream?.pointee.check(index)

        let text = packet.part(headerLength, length - headerLength)
        switch profile {
        case .aeadAES128GCM:
            guard
                rtp.open(
                    ssrc: ssrc, index: index, associated: readable.part(0, headerLength), indexWord: nil, text: text,
                    tag: start + length)
            else { throw .authentication }
        case .aes128CMHMACSHA1_80:
            guard
                rtp.hasTag(
                    readable.part(0, length), trailer: UInt32(truncatingIfNeeded: index >> 16), start + length),
                rtp.counterMode(ssrc: ssrc, index: index, text: UnsafeRawBufferPointer(text), output: text)
            else { throw .authentication }
        }
        if let stream {
            stream.pointee.mark(index)
        } else {
            streams.insert(ssrc, ReplayWindow(first: index))
        }
        return length
    }

    /// Checks and decrypts an RTCP datagram in place; one that was authenticated but not encrypted (E flag 0) is taken
    /// too, as RFC 3711 section 3.4 allows.
    ///
    /// - Returns: bytes of the plain datagram, at the beginning of `datagram`.
    /// - Throws: as ``unprotect(_:)``.
    package func unprotectRTCP(_ datagram: UnsafeMutableRawBufferPointer) throws(SRTPError) -> Int {
        let readable = UnsafeRawBufferPointer(datagram)
        guard readable.count >= 8 + profile.rtcpOverhead, readable[0] >> 6 == 2, let start = datagram.baseAddress
        else { throw .malformed }
        let length = readable.count - profile.rtcpOverhead
        let ssrc = readable.bigEndianUInt32(at: 4)
        let wordOffset = profile == .aeadAES128GCM ? length + 16 : length
        let word = readable.bigEndianUInt32(at: wordOffset)
        let index = UInt64(word & 0x7FFF_FFFF)
        let isEncrypted = word & 0x8000_0000 != 0
        let source = rtcpSources.find(ssrc)
        try source?.pointee.check(index)

        let text = datagram.part(8, length - 8)
        switch profile {
        case .aeadAES128GCM:
            let opened =
                isEncrypted
                ? rtcp.open(
                    ssrc: ssrc, index: index, associated: readable.part(0, 8), indexWord: word, text: text,
                    tag: start + length)
                : rtcp.open(
                    ssrc: ssrc, index: index, associated: readable.part(0, length), indexWord: word,
                    text: UnsafeMutableRawBufferPointer(start: start, count: 0), tag: start + length)
            guard opened else { throw .authentication }
        case .aes128CMHMACSHA1_80:
            guard rtcp.hasTag(readable.part(0, length), trailer: word, start + wordOffset + 4),
                !isEncrypted
                    || rtcp.counterMode(
                        ssrc: ssrc, index: index, text: UnsafeRawBufferPointer(text), output: text)
            else { throw .authentication }
        }
        if let source {
            source.pointee.mark(index)
        } else {
            rtcpSources.insert(ssrc, ReplayWindow(first: index))
        }
        return length
    }

    /// The most likely index of a packet (RFC 3711 section 3.3.1): the one nearest to the highest that has come, and
    /// never below 0; without one, the roll-over counter is 0.
    private static func index(_ sequenceNumber: UInt16, highest: UInt64?) -> UInt64 {
        guard let highest else { return UInt64(sequenceNumber) }
        let distance = Int64(sequenceNumber.serialDistance(from: UInt16(truncatingIfNeeded: highest)))
        let index = Int64(highest) + distance
        return UInt64(index < 0 ? index + 0x1_0000 : index)
    }
}
