/// One packet of an RTCP datagram. The cases hold views of the datagram, valid as long as its memory is.
package enum RTCPPacket {
    case senderReport(RTCPSenderReport)
    case receiverReport(RTCPReceiverReport)
    case sourceDescription(RTCPSourceDescription)
    case goodbye(RTCPGoodbye)
    case genericNACK(RTCPGenericNACK)
    case transportFeedback(TransportFeedback)
    /// A packet of another kind (payload-specific feedback, XR, APP…): packet type, count or format field, body.
    case other(type: UInt8, format: UInt8, body: UnsafeRawBufferPointer)
}

/// Packet types and formats (RFC 3550 section 12.1, RFC 4585 section 6.1).
enum RTCPPacketType {
    static let senderReport: UInt8 = 200
    static let receiverReport: UInt8 = 201
    static let sourceDescription: UInt8 = 202
    static let goodbye: UInt8 = 203
    static let transportLayerFeedback: UInt8 = 205

    /// Formats of ``transportLayerFeedback``.
    static let genericNACK: UInt8 = 1
    static let transportWideFeedback: UInt8 = 15
}
