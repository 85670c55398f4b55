/// Receiver estimated maximum bitrate (REMB, draft-alvestrand-rmcat-remb-03 section 2.2): what the way from a sender to
/// those who hear it takes. A view of the packet that walks over the sources it speaks of; valid as long as its memory is.
package struct RTCPReceiverEstimate: Sequence, IteratorProtocol {
    static let uniqueIdentifier: UInt32 = 0x5245_4D42
    /// What the mantissa holds.
    static let mantissaBits: UInt64 = 18

    /// Who says so.
    package let senderSSRC: UInt32
    /// Bits per second with all headers, of all the sources together.
    package let bitrate: UInt64

    private let sources: UnsafeRawBufferPointer
    private var offset = 0

    /// Reads the packet body behind the common header; nil when it is application layer feedback of another kind, or
    /// shorter than it says.
    init?(body: UnsafeRawBufferPointer) {
        guard body.count >= 16, body.bigEndianUInt32(at: 8) == Self.uniqueIdentifier else { return nil }
        senderSSRC = body.bigEndianUInt32(at: 0)
        let word = body.bigEndianUInt32(at: 12)
        let count = Int(word >> 24)
        guard body.count >= 16 + 4 * count else { return nil }
        let (exponent, mantissa) = (UInt64(word >> 18 & 0x3F), UInt64(word & 0x3FFFF))
        // More than 64 bits can say is more than anybody sends.
        bitrate = mantissa == 0 ? 0 : exponent > 64 - Self.mantissaBits ? .max : mantissa << exponent
        sources = body.part(16, 4 * count)
    }

    /// The next source.
    package mutating func next() -> UInt32? {
        guard offset + 4 <= sources.count else { return nil }
        defer { offset += 4 }
        return sources.bigEndianUInt32(at: offset)
    }
}

extension RTCPWriter {
    /// A receiver estimated maximum bitrate for one source (draft-alvestrand-rmcat-remb-03).
    ///
    /// - Parameter bitrate: bits per second with all headers; written with 18 bits, rounded down.
    package mutating func receiverEstimate(senderSSRC: UInt32, mediaSSRC: UInt32, bitrate: UInt64) -> Bool {
        guard
            let body = begin(
                type: RTCPPacketType.payloadSpecificFeedback, format: RTCPPacketType.applicationLayerFeedback,
                bodyLength: 20)
        else { return false }
        let bits = UInt64(UInt64.bitWidth - bitrate.leadingZeroBitCount)
        let exponent = bits > RTCPReceiverEstimate.mantissaBits ? bits - RTCPReceiverEstimate.mantissaBits : 0
        body.storeBigEndian(senderSSRC, at: 0)
        body.storeBigEndian(UInt32(0), at: 4)
        body.storeBigEndian(RTCPReceiverEstimate.uniqueIdentifier, at: 8)
        body.storeBigEndian(1 << 24 | UInt32(exponent) << 18 | UInt32(bitrate >> exponent), at: 12)
        body.storeBigEndian(mediaSSRC, at: 16)
        finish(at: length, end: length + 24)
        return true
    }
}
