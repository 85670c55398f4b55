/// The format parameters of Opus (RFC 7587, section 6.1): what a receiver wishes for, as read from `a=fmtp`.
package struct OpusParameters: Hashable, Sendable {
    package static let defaultMaximumBitrate = 510_000

    /// The receiver uses in-band forward error correction.
    package var usesInbandFEC: Bool
    /// The receiver prefers stereo.
    package var stereo: Bool
    /// The sender is likely to send stereo.
    package var sendsStereo: Bool
    /// The receiver prefers discontinuous transmission.
    package var usesDTX: Bool
    /// The shortest packet that the receiver wants, in milliseconds; nil if it does not say.
    package var minimumPacketTime: Int?
    /// The highest average bit rate for the receiver, in bit/s (6000–510000); nil if it does not say.
    package var maximumAverageBitrate: Int?

    package init(
        usesInbandFEC: Bool = false, stereo: Bool = false, sendsStereo: Bool = false, usesDTX: Bool = false,
        minimumPacketTime: Int? = nil, maximumAverageBitrate: Int? = nil
    ) {
        self.usesInbandFEC = usesInbandFEC
        self.stereo = stereo
        self.sendsStereo = sendsStereo
        self.usesDTX = usesDTX
        self.minimumPacketTime = minimumPacketTime
        self.maximumAverageBitrate = maximumAverageBitrate
    }

    /// Reads `minptime=10;useinbandfec=1`; unknown and unreadable parameters are passed over.
    package init(formatParameters: String) {
        self.init()
        for parameter in formatParameters.split(separator: ";") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1]).trimmingSpaces()
            switch String(parts[0]).trimmingSpaces().lowercased() {
            case "useinbandfec": usesInbandFEC = value == "1"
            case "stereo": stereo = value == "1"
            case "sprop-stereo": sendsStereo = value == "1"
            case "usedtx": usesDTX = value == "1"
            case "minptime": minimumPacketTime = Int(value).flatMap { (1...120).contains($0) ? $0 : nil }
            case "maxaveragebitrate":
                maximumAverageBitrate = Int(value).map { min(max($0, 6000), Self.defaultMaximumBitrate) }
            default: break
            }
        }
    }

    /// `minptime=10;useinbandfec=1` and what else is set.
    package var formatParameters: String {
        var parameters: [String] = []
        if let minimumPacketTime { parameters.append("minptime=\(minimumPacketTime)") }
        if usesInbandFEC { parameters.append("useinbandfec=1") }
        if stereo { parameters.append("stereo=1") }
        if sendsStereo { parameters.append("sprop-stereo=1") }
        if usesDTX { parameters.append("usedtx=1") }
        if let maximumAverageBitrate { parameters.append("maxaveragebitrate=\(maximumAverageBitrate)") }
        return parameters.joined(separator: ";")
    }
}

extension String {
    /// Without spaces and tabs at either end.
    func trimmingSpaces() -> String {
        var text = self[...]
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return String(text)
    }
}
