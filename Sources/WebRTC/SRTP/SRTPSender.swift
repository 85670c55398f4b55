import COpenSSL
import RTP

/// Protects what we send with one master key: RTP of any number of SSRCs, and RTCP (RFC 3711, RFC 7714).
///
/// **An index is never used twice.** With GCM, two different packets under one index give the key away, so a sender
/// keeps, for each SSRC, the index (roll-over counter and sequence number) it used last and refuses, with
/// ``SRTPError/indexUsed``, a sequence number that repeats. To send a packet again (NACK), keep the protected bytes and
/// send those. A number that goes back is refused too, unless the sender was made with `allowsReordering`: then each of
/// the 63 numbers before the highest one may still be protected once, which a forwarder needs to pass on packets that
/// came to it out of order.
///
/// The roll-over counter of an SSRC begins at 0, as the receiver takes it to (RFC 3711 section 3.3.1): begin sequence
/// numbers below 2¹⁵, so that losing the first packets around the first wrap does not put the receiver off. Steps
/// forward of more than 2¹⁵−1 look like steps back.
///
/// Confined to one thread or actor. Protecting allocates nothing, except that an SSRC's first packet may.
package final class SRTPSender {
    private struct Stream: BitwiseCopyable {
        /// The highest index used.
        var highest: UInt64
        /// Which of the 64 indices up to the highest were used; the lowest bit is the highest's.
        var used: UInt64
    }

    package let profile: SRTPProfile
    private let rtp: SRTPCipher
    private let rtcp: SRTPCipher
    private let allowsReordering: Bool
    // Never forgets an SSRC: an SSRC that came back with low numbers would use indices again.
    private var streams = SourceTable<Stream>()
    private var nextRTCPIndex: UInt32 = 1

    /// - Parameter allowsReordering: see above.
    /// - Throws: ``SRTPError/cryptography``.
    package convenience init(_ key: SRTPMasterKey, allowsReordering: Bool = false) throws(SRTPError) {
        try self.init(SRTPSessionKeys(key), allowsReordering: allowsReordering)
    }

    /// A sender with session keys that were derived already.
    package init(_ keys: SRTPSessionKeys, allowsReordering: Bool = false) throws(SRTPError) {
        profile = keys.profile
        self.allowsReordering = allowsReordering
        rtp = try SRTPCipher(keys.rtp, keys.profile, encrypting: true)
        rtcp = try SRTPCipher(keys.rtcp, keys.profile, encrypting: true)
    }

    /// Protects an RTP packet out of place: header and payload are copied and encrypted from where they are, so that
    /// many senders can share one payload.
    ///
    /// - Parameters:
    ///   - header: the complete RTP header with contributing sources and extension; sequence number and SSRC are read
    ///     from it. It may already stand at the beginning of `output`.
    ///   - payload: the plain payload (with padding, if the header says so). It may already stand in its place in
    ///     `output`, but must not overlap it otherwise.
    ///   - output: at least ``SRTPProfile/rtpOverhead`` larger than header and payload.
    /// - Returns: bytes of the protected packet in `output`.
    /// - Throws: ``SRTPError/malformed``, ``SRTPError/bufferTooSmall``, ``SRTPError/indexUsed``,
    ///   ``SRTPError/keyExhausted``, ``SRTPError/cryptography``. `output` is then undefined, and must not be sent; the
    ///   index counts as used only if cryptography failed.
    package func protect(
        header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(SRTPError) -> Int {
        guard RTPHeader.headerLength(of: header) == header.count else { throw .malformed }
        let length = header.count + payload.count
        guard length + profile.rtpOverhead <= output.count, let start = output.baseAddress else {
            throw .bufferTooSmall
        }
        let ssrc = header.bigEndianUInt32(at: 8)
        let index = try useIndex(ssrc: ssrc, sequenceNumber: header.bigEndianUInt16(at: 2))
        if header.baseAddress != UnsafeRawPointer(start) { output.copyMemory(from: header) }
        let text = UnsafeMutableRawBufferPointer(rebasing: output[header.count...])
        switch profile {
        case .aeadAES128GCM:
            guard
                rtp.seal(
                    ssrc: ssrc, index: index, associated: UnsafeRawBufferPointer(output.part(0, header.count)),
                    indexWord: nil, text: payload, output: text)
            else { throw .cryptography }
        case .aes128CMHMACSHA1_80:
            guard rtp.counterMode(ssrc: ssrc, index: index, text: payload, output: text) else { throw .cryptography }
            rtp.tag(
                UnsafeRawBufferPointer(output.part(0, length)), trailer: UInt32(truncatingIfNeeded: index >> 16),
                into: start + length)
        }
        return length + profile.rtpOverhead
    }

    /// Protects an RTP packet in place: `length` bytes at the beginning of `buffer`, which has room for
    /// ``SRTPProfile/rtpOverhead`` more. Returns and throws as ``protect(header:payload:into:)``.
    package func protect(_ buffer: UnsafeMutableRawBufferPointer, length: Int) throws(SRTPError) -> Int {
        guard length >= 0, length <= buffer.count else { throw .bufferTooSmall }
        let packet = UnsafeRawBufferPointer(buffer.part(0, length))
        guard let headerLength = RTPHeader.headerLength(of: packet) else { throw .malformed }
        return try protect(
            header: packet.part(0, headerLength), payload: packet.part(headerLength, length - headerLength),
            into: buffer)
    }

    /// Protects a (compound) RTCP datagram with the next index (RFC 3711 section 3.4, RFC 7714 section 9).
    ///
    /// - Parameters:
    ///   - datagram: may stand at the beginning of `output`, and must not overlap it otherwise.
    ///   - output: at least ``SRTPProfile/rtcpOverhead`` larger than `datagram`.
    /// - Returns: bytes of the protected datagram in `output`.
    /// - Throws: as ``protect(header:payload:into:)``, but never ``SRTPError/indexUsed``.
    package func protectRTCP(
        _ datagram: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(SRTPError) -> Int {
        let length = datagram.count
        guard length >= 8, datagram[0] >> 6 == 2 else { throw .malformed }
        guard length + profile.rtcpOverhead <= output.count, let start = output.baseAddress else {
            throw .bufferTooSmall
        }
        guard nextRTCPIndex < 0x8000_0000 else { throw .keyExhausted }
        let index = nextRTCPIndex
        nextRTCPIndex += 1
        let ssrc = datagram.bigEndianUInt32(at: 4)
        // The E flag: the datagram is encrypted.
        let word = index | 0x8000_0000
        if datagram.baseAddress != UnsafeRawPointer(start) {
            output.copyMemory(from: datagram.part(0, 8))
        }
        let text = UnsafeMutableRawBufferPointer(rebasing: output[8...])
        let plain = datagram.part(8, length - 8)
        switch profile {
        case .aeadAES128GCM:
            guard
                rtcp.seal(
                    ssrc: ssrc, index: UInt64(index), associated: UnsafeRawBufferPointer(output.part(0, 8)),
                    indexWord: word, text: plain, output: text)
            else { throw .cryptography }
            output.storeBigEndian(word, at: length + 16)
        case .aes128CMHMACSHA1_80:
            guard rtcp.counterMode(ssrc: ssrc, index: UInt64(index), text: plain, output: text) else {
                throw .cryptography
            }
            output.storeBigEndian(word, at: length)
            rtcp.tag(UnsafeRawBufferPointer(output.part(0, length)), trailer: word, into: start + length + 4)
        }
        return length + profile.rtcpOverhead
    }

    /// The index for a packet, which is used up by this.
    private func useIndex(ssrc: UInt32, sequenceNumber: UInt16) throws(SRTPError) -> UInt64 {
        guard let stream = streams.find(ssrc) else {
            streams.insert(ssrc, Stream(highest: UInt64(sequenceNumber), used: 1))
            return UInt64(sequenceNumber)
        }
        let highest = stream.pointee.highest
        let distance = sequenceNumber.serialDistance(from: UInt16(truncatingIfNeeded: highest))
        if distance > 0 {
            let index = highest + UInt64(distance)
            guard index < 1 << 48 else { throw .keyExhausted }
            stream.pointee.highest = index
            stream.pointee.used = (distance < 64 ? stream.pointee.used << UInt64(distance) : 0) | 1
            return index
        }
        let back = UInt64(-distance)
        guard allowsReordering, back < 64, back <= highest, stream.pointee.used & 1 << back == 0 else {
            throw .indexUsed
        }
        stream.pointee.used |= 1 << back
        return highest - back
    }
}
