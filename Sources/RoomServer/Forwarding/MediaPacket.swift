import RTP
import Transport

/// An opened packet of a publisher, on its way to the listeners: what each listener's header is made from. The payload
/// lies beside it.
struct MediaPacket: BitwiseCopyable, Sendable {
    /// ``StreamRoute/number``.
    var route: UInt32 = 0
    /// ``StreamRoute/source``: sequence numbers and timestamps of one source belong together.
    var source: UInt64 = 0
    /// The publisher's sequence number, unwrapped.
    var sequence: Int64 = 0
    var timestamp: UInt32 = 0
    var marker = false
    /// It came with a copy of the packet before it (RFC 2198).
    var hasNearCopy = false
    /// The byte of RFC 6464, or ``noAudioLevel``.
    var audioLevel: UInt16 = MediaPacket.noAudioLevel
    /// When it was captured by the server's clock (`NTPTime`); 0: unknown.
    var captureTime: UInt64 = 0
    /// The moment of ``timestamp`` by the server's clock, nanoseconds since 1970: for sender reports.
    var timestampUnixNanoseconds: Int64 = 0
    var arrival = MonotonicTime.zero
    /// Bytes at the end of the payload that are its own Opus packet; before them may be the copies that came with it.
    var primaryLength: Int32 = 0
    /// Packets before it that were lost on the publisher's leg and are among the copies: the first ``restoredCount``.
    var restored = InlineArray<4, RestoredPacket>(repeating: RestoredPacket())
    var restoredCount = 0

    static let noAudioLevel: UInt16 = 0xFFFF
}
