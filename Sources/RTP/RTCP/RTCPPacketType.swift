/// Packet types and formats (RFC 3550 section 12.1, RFC 4585 section 6.1).
enum RTCPPacketType {
    static let senderReport: UInt8 = 200
    static let receiverReport: UInt8 = 201
    static let sourceDescription: UInt8 = 202
    static let goodbye: UInt8 = 203
    static let transportLayerFeedback: UInt8 = 205
    static let payloadSpecificFeedback: UInt8 = 206

    /// Formats of ``transportLayerFeedback``.
    static let genericNACK: UInt8 = 1
    static let transportWideFeedback: UInt8 = 15
    /// Of ``payloadSpecificFeedback``.
    static let applicationLayerFeedback: UInt8 = 15
}
