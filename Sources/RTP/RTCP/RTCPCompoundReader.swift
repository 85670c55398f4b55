/// Walks over the packets of an RTCP datagram, compound (RFC 3550 section 6.1) or reduced in size (RFC 5506).
///
/// A packet of a known kind with a body that is too short for it is passed over; a header that points outside the
/// datagram ends the walk and sets ``isMalformed``. Nothing allocates.
package struct RTCPCompoundReader: Sequence, IteratorProtocol {
    private let datagram: UnsafeRawBufferPointer
    private var offset = 0
    /// Whether something was wrong up to here.
    package private(set) var isMalformed = false

    /// A plain (unprotected) datagram, which must outlive the reader and the packets that it gives.
    package init(_ datagram: UnsafeRawBufferPointer) {
        self.datagram = datagram
    }

    package mutating func next() -> RTCPPacket? {
        while offset < datagram.count {
            guard offset + 4 <= datagram.count, datagram[offset] >> 6 == 2 else { return fail() }
            let length = 4 + 4 * Int(datagram.bigEndianUInt16(at: offset + 2))
            guard offset + length <= datagram.count else { return fail() }
            let first = datagram[offset]
            let type = datagram[offset + 1]
            var body = datagram.part(offset + 4, length - 4)
            offset += length
            if first & 0x20 != 0 {
                guard let padding = body.last.map(Int.init), padding > 0, padding <= body.count else {
                    isMalformed = true
                    continue
                }
                body = body.part(0, body.count - padding)
            }
            if let packet = RTCPCompoundReader.packet(type: type, format: first & 0x1F, body: body) { return packet }
            isMalformed = true
        }
        return nil
    }

    private mutating func fail() -> RTCPPacket? {
        isMalformed = true
        offset = datagram.count
        return nil
    }

    /// Nil if the body is too short for what it is said to hold.
    private static func packet(type: UInt8, format: UInt8, body: UnsafeRawBufferPointer) -> RTCPPacket? {
        switch (type, format) {
        case (RTCPPacketType.senderReport, _):
            RTCPSenderReport(body: body, count: Int(format)).map(RTCPPacket.senderReport)
        case (RTCPPacketType.receiverReport, _):
            RTCPReceiverReport(body: body, count: Int(format)).map(RTCPPacket.receiverReport)
        case (RTCPPacketType.sourceDescription, _):
            .sourceDescription(RTCPSourceDescription(body: body, count: Int(format)))
        case (RTCPPacketType.goodbye, _):
            RTCPGoodbye(body: body, count: Int(format)).map(RTCPPacket.goodbye)
        case (RTCPPacketType.transportLayerFeedback, RTCPPacketType.genericNACK):
            RTCPGenericNACK(body: body).map(RTCPPacket.genericNACK)
        case (RTCPPacketType.transportLayerFeedback, RTCPPacketType.transportWideFeedback):
            TransportFeedback(body: body).map(RTCPPacket.transportFeedback)
        case (RTCPPacketType.payloadSpecificFeedback, RTCPPacketType.applicationLayerFeedback):
            RTCPReceiverEstimate(body: body).map(RTCPPacket.receiverEstimate)
                ?? .other(type: type, format: format, body: body)
        default:
            .other(type: type, format: format, body: body)
        }
    }
}
