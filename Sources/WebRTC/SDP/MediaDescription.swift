/// An m-line and what belongs to it (RFC 8866, section 5.14).
package struct MediaDescription: Hashable, Sendable {
    /// `audio`, `video`, `application`…
    package var kind: String
    /// 0: refused (or, with `a=bundle-only`, offered for the bundle alone).
    package var port: UInt16
    /// `UDP/TLS/RTP/SAVPF`
    package var transportProtocol: String
    /// The formats of the m-line in order of preference: payload types as text.
    package var formats: [String]
    /// The value of `c=`, if written.
    package var connection: String?
    package var mid: String?
    /// Nil if not written: then the session's, else `sendrecv`.
    package var direction: MediaDirection?
    package var transport = TransportDescription()
    /// `candidate:…` as written.
    package var candidates: [String] = []
    package var endOfCandidates = false
    package var rtcpMux = false
    package var rtcpMuxOnly = false
    package var rtcpReducedSize = false
    package var bundleOnly = false
    /// In the order of `formats`.
    package var codecs: [SDPCodec] = []
    package var extensions: [SDPHeaderExtension] = []
    package var extmapAllowMixed = false
    package var sources: [SDPSource] = []
    /// The values of `a=msid`: `stream track`.
    package var msids: [String] = []
    package var packetTime: Int?
    package var maximumPacketTime: Int?
    /// Everything else, kept as it was.
    package var attributes: [SDPAttribute] = []

    package init(kind: String, port: UInt16, transportProtocol: String, formats: [String]) {
        self.kind = kind
        self.port = port
        self.transportProtocol = transportProtocol
        self.formats = formats
    }

    /// Whether the section is refused (RFC 8829, section 5.2.2: port 0 without bundle-only).
    package var isRejected: Bool { port == 0 && !bundleOnly }

    /// The most preferred Opus.
    package var opus: SDPCodec? { codecs.first(where: \.isOpus) }

    /// RED that carries the given payload type in every block (or does not say what it carries).
    package func red(over payloadType: UInt8) -> SDPCodec? {
        codecs.first { codec in
            guard codec.isRED else { return false }
            guard let parameters = codec.formatParameters else { return true }
            return parameters.split(separator: "/").allSatisfy { $0 == String(payloadType) }
        }
    }

    /// The stream identifier of the first `a=msid` (else of the first source), decoded; nil for `-`.
    package var streamID: String? {
        guard let stream = (msids.first ?? sources.lazy.compactMap(\.msid).first)?.split(separator: " ").first,
            stream != "-"
        else { return nil }
        return StreamIdentifier.decode(String(stream))
    }
}
