/// A payload type of a section: `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` together.
package struct SDPCodec: Hashable, Sendable {
    package var payloadType: UInt8
    /// The encoding name, as written (compare without case).
    package var name: String
    package var clockRate: Int
    /// The count of channels, 1 if not written.
    package var channels: Int
    package var formatParameters: String?
    /// `nack`, `transport-cc`, `nack pli`…
    package var feedback: [String]

    package init(
        payloadType: UInt8, name: String, clockRate: Int, channels: Int = 1, formatParameters: String? = nil,
        feedback: [String] = []
    ) {
        self.payloadType = payloadType
        self.name = name
        self.clockRate = clockRate
        self.channels = channels
        self.formatParameters = formatParameters
        self.feedback = feedback
    }

    /// Opus always is `opus/48000/2` (RFC 7587, section 7); servers that leave the channels out mean the same.
    package var isOpus: Bool { name.lowercased() == "opus" && clockRate == 48_000 }

    /// RED over 48 kHz audio.
    package var isRED: Bool { name.lowercased() == "red" && clockRate == 48_000 }
}
