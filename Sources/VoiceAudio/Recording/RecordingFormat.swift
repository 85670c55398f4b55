/// How a recording is written.
package enum RecordingFormat: Sendable, Hashable {
    /// 48 kHz, 16 bit.
    case wav
    /// Opus in Ogg (RFC 7845), 64 kb/s for each channel.
    case oggOpus
}
