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
    /// The payload is RED (RFC 2198) whose blocks are all Opus of ``innerPayloadType``; else plain Opus.
    var isRED = false
    var innerPayloadType: UInt8 = 0
    /// The byte of RFC 6464, or ``noAudioLevel``.
    var audioLevel: UInt16 = MediaPacket.noAudioLevel
    /// When it was captured by the server's clock (`NTPTime`); 0: unknown.
    var captureTime: UInt64 = 0
    /// The moment of ``timestamp`` by the server's clock, nanoseconds since 1970: for sender reports.
    var timestampUnixNanoseconds: Int64 = 0
    var arrival = MonotonicTime.zero
    var payloadLength: Int32 = 0
    /// Bytes at the end of a RED payload that are the primary block: what listeners without RED get.
    var primaryLength: Int32 = 0

    static let noAudioLevel: UInt16 = 0xFFFF
}
