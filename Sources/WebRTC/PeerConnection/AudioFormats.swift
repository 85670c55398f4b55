import RTP

/// The audio formats and header extensions that this implementation offers, and what it takes of an offer.
enum AudioFormats {
    static let opusPayloadType: UInt8 = 111
    static let redPayloadType: UInt8 = 63
    static let transportProtocol = "UDP/TLS/RTP/SAVPF"

    /// The identifiers of an offer of ours; an answer takes the offer's.
    static let offeredExtensions: HeaderExtensionMap = {
        var map = HeaderExtensionMap()
        map[.audioLevel] = 1
        map[.absoluteCaptureTime] = 2
        map[.transportSequenceNumber] = 3
        map[.mid] = 4
        return map
    }()

    /// What this side wishes for as a receiver, and says of the stream that it sends.
    private static func parameters(track: LocalTrack?) -> OpusParameters {
        OpusParameters(
            usesInbandFEC: true, stereo: track == nil, sendsStereo: track?.stereo ?? false, minimumPacketTime: 10)
    }

    /// RED before Opus: Chromium sends RED only when it is the first choice of the other side.
    static func codecs(
        opus: UInt8, red: UInt8?, nack: Bool, transportFeedback: Bool, receiverEstimate: Bool, track: LocalTrack?
    ) -> [SDPCodec] {
        let feedback =
            (transportFeedback ? ["transport-cc"] : []) + (nack ? ["nack"] : [])
            + (receiverEstimate ? ["goog-remb"] : [])
        var codecs: [SDPCodec] = []
        if let red {
            codecs.append(
                SDPCodec(
                    payloadType: red, name: "red", clockRate: 48_000, channels: 2, formatParameters: "\(opus)/\(opus)"))
        }
        codecs.append(
            SDPCodec(
                payloadType: opus, name: "opus", clockRate: 48_000, channels: 2,
                formatParameters: parameters(track: track).formatParameters, feedback: feedback))
        return codecs
    }

    static func extensions(_ map: HeaderExtensionMap) -> [SDPHeaderExtension] {
        HeaderExtensionKind.allCases.compactMap { kind in map[kind].map { SDPHeaderExtension(id: $0, uri: kind.uri) } }
            .sorted { $0.id < $1.id }
    }

    /// The extensions of a description that we know, under its identifiers.
    static func map(_ extensions: [SDPHeaderExtension]) -> HeaderExtensionMap {
        var map = HeaderExtensionMap()
        for header in extensions where header.direction != .inactive {
            if let kind = HeaderExtensionKind(uri: header.uri), map[kind] == nil, map.kind(of: header.id) == nil {
                map[kind] = header.id
            }
        }
        return map
    }
}
