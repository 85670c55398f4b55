/// Gathers the lines of a section that speak of payload types, in whatever order they come.
struct SDPCodecTable {
    private var maps: [UInt8: SDPCodec] = [:]
    private var parameters: [UInt8: String] = [:]
    private var feedback: [(payloadType: UInt8?, value: String)] = []

    /// How many lines there are.
    var count: Int { maps.count + parameters.count + feedback.count }

    /// `111` + `opus/48000/2`; false if malformed.
    mutating func readMap(_ payloadType: Substring, _ value: Substring) -> Bool {
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard let payloadType = Self.payloadType(payloadType), 2...3 ~= parts.count, !parts[0].isEmpty,
            let clockRate = Int(String(parts[1]).trimmingSpaces()), 1...10_000_000 ~= clockRate
        else { return false }
        let channels = parts.count == 3 ? Int(String(parts[2]).trimmingSpaces()) ?? 1 : 1
        maps[payloadType] = SDPCodec(
            payloadType: payloadType, name: String(parts[0]), clockRate: clockRate, channels: channels)
        return true
    }

    mutating func readParameters(_ payloadType: Substring, _ value: Substring) -> Bool {
        // Formats of data channels and the like are no numbers; their parameters say nothing here.
        guard let payloadType = Self.payloadType(payloadType) else { return true }
        parameters[payloadType] = String(value)
        return true
    }

    mutating func readFeedback(_ payloadType: Substring, _ value: Substring) -> Bool {
        // Pion writes a space behind a type without a parameter.
        let value = String(value).trimmingSpaces()
        if payloadType == "*" {
            feedback.append((nil, value))
        } else if let payloadType = Self.payloadType(payloadType) {
            feedback.append((payloadType, value))
        } else {
            return false
        }
        return true
    }

    /// The codecs of the m-line's formats, in its order; formats without `a=rtpmap` are passed over.
    func codecs(of formats: [String]) -> [SDPCodec] {
        var seen: Set<UInt8> = []
        return formats.compactMap { format in
            guard let payloadType = Self.payloadType(format[...]), var codec = maps[payloadType],
                seen.insert(payloadType).inserted
            else { return nil }
            codec.formatParameters = parameters[payloadType]
            codec.feedback = feedback.filter { $0.payloadType == nil || $0.payloadType == payloadType }.map(\.value)
            return codec
        }
    }

    private static func payloadType(_ text: Substring) -> UInt8? {
        UInt8(text).flatMap { $0 < 128 ? $0 : nil }
    }
}
