import RTP

/// The RED payloads of one packet, one for each level of redundancy and spacing of copies, each made when the first listener wants it. Memory
/// is taken once.
final class REDVariants {
    /// What a receiver takes.
    private static let longestPayload = 1200

    private struct Variant {
        /// Nil: not made yet; 0: there is no copy to go along, or no room for one.
        var length: Int?
        /// Of the Opus inside.
        var payloadType: UInt8 = 0
    }

    private static let spacings = 3
    private static let count = RedundancyLevel.allCases.count * spacings

    private let bytes = ScratchBuffer(byteCount: REDVariants.longestPayload * REDVariants.count)
    private var variants = [Variant](repeating: Variant(), count: REDVariants.count)

    /// Another packet.
    func begin() {
        for index in variants.indices { variants[index].length = nil }
    }

    /// The payload with the copies of a level; nil when there are none to go along.
    ///
    /// - Parameters:
    ///   - spacing: 1…3.
    ///   - payloadType: of Opus at the listener; numbers inside RED follow its negotiation too.
    ///   - make: writes the payload; its length, or nil.
    func payload(
        _ level: RedundancyLevel, spacing: Int, payloadType: UInt8, make: (UnsafeMutableRawBufferPointer) -> Int?
    ) -> UnsafeRawBufferPointer? {
        let index = Int(level.rawValue) * Self.spacings + min(max(spacing, 1), Self.spacings) - 1
        let buffer = bytes.bytes.part(index * Self.longestPayload, Self.longestPayload)
        let length: Int
        if let made = variants[index].length {
            length = made
            if length > 0, variants[index].payloadType != payloadType {
                let payload = buffer.part(0, length)
                guard REDWriter.replacePayloadType(variants[index].payloadType, by: payloadType, in: payload) else {
                    return nil
                }
            }
        } else {
            length = make(buffer) ?? 0
            variants[index].length = length
        }
        variants[index].payloadType = payloadType
        return length > 0 ? UnsafeRawBufferPointer(buffer.part(0, length)) : nil
    }
}
