/// One packet of an RTCP datagram. The cases hold views of the datagram, valid as long as its memory is.
package enum RTCPPacket {
    case senderReport(RTCPSenderReport)
    case receiverReport(RTCPReceiverReport)
    case sourceDescription(RTCPSourceDescription)
    case goodbye(RTCPGoodbye)
    case genericNACK(RTCPGenericNACK)
    case transportFeedback(TransportFeedback)
    case receiverEstimate(RTCPReceiverEstimate)
    /// A packet of another kind (other payload-specific feedback, XR, APP…): packet type, count or format field, body.
    case other(type: UInt8, format: UInt8, body: UnsafeRawBufferPointer)
}
