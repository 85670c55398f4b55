/// What the first bytes of an Opus packet tell without decoding it (RFC 6716 section 3.1).
package enum OpusPacket {
    /// Samples per channel at 48 kHz; nil when it is not an Opus packet.
    @_noAllocation @_noLocks
    @inlinable
    package static func samples(in packet: UnsafeRawBufferPointer) -> Int? {
        guard packet.count > 0 else { return nil }
        let frames: Int
        switch packet[0] & 3 {
        case 0: frames = 1
        case 1, 2: frames = 2
        default:
            guard packet.count > 1 else { return nil }
            frames = Int(packet[1] & 0x3F)
        }
        let samples = frames * samplesPerFrame(configuration: packet[0] >> 3)
        // At most 120 ms.
        return samples > 0 && samples <= 5760 ? samples : nil
    }

    /// Whether a packet is coded in two channels (the table of contents' bit of RFC 6716 section 3.1).
    @_noAllocation @_noLocks
    @inlinable
    package static func isStereo(_ packet: UnsafeRawBufferPointer) -> Bool { packet.count > 0 && packet[0] & 4 != 0 }

    /// Table 2 of RFC 6716.
    @_noAllocation @_noLocks
    @inlinable
    static func samplesPerFrame(configuration: UInt8) -> Int {
        // SILK has 10, 20, 40 and 60 ms, hybrid 10 and 20, CELT 2.5, 5, 10 and 20.
        if configuration >= 12, configuration < 16 { return configuration & 1 == 0 ? 480 : 960 }
        let isSILK = configuration < 12
        switch configuration & 3 {
        case 0: return isSILK ? 480 : 120
        case 1: return isSILK ? 960 : 240
        case 2: return isSILK ? 1920 : 480
        default: return isSILK ? 2880 : 960
        }
    }
}
