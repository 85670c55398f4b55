import RTP

/// A packet that was lost on the publisher's leg, and whose content has come as a copy inside a later one (RFC 2198).
struct RestoredPacket: BitwiseCopyable, Sendable {
    /// As ``MediaPacket/sequence``.
    var sequence: Int64 = 0
    var timestamp: UInt32 = 0
    /// Where it stands in the later one's payload.
    var offset: Int32 = 0
    var length: Int32 = 0
}

extension MediaPacket {
    /// What the headers of one of the ``restored`` packets are made from. It is as late as the packet that brought it.
    func restored(_ index: Int) -> MediaPacket {
        let earlier = restored[index]
        let samples = Int64(timestamp.serialDistance(from: earlier.timestamp))
        var packet = self
        packet.sequence = earlier.sequence
        packet.timestamp = earlier.timestamp
        packet.marker = false
        packet.hasNearCopy = false
        packet.audioLevel = MediaPacket.noAudioLevel
        packet.timestampUnixNanoseconds -= samples * 62_500 / 3
        if captureTime != 0 { packet.captureTime = captureTime &- UInt64(samples << 32 / 48_000) }
        packet.primaryLength = earlier.length
        packet.restoredCount = 0
        return packet
    }
}
