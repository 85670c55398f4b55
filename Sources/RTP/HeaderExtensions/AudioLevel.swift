/// The level of the sound in a packet (RFC 6464 section 3).
@frozen
package struct AudioLevel: Hashable, Sendable {
    /// −dBov: 0 is the loudest, 127 silence.
    package var level: UInt8
    /// The encoder believes that the packet holds voice.
    package var voiceActivity: Bool

    /// Clamps `level` to 0…127.
    @inlinable
    package init(level: UInt8, voiceActivity: Bool) {
        self.level = min(level, 127)
        self.voiceActivity = voiceActivity
    }

    @inlinable
    package init(byte: UInt8) {
        level = byte & 0x7F
        voiceActivity = byte & 0x80 != 0
    }

    /// The single byte of the extension.
    @inlinable
    package var byte: UInt8 { level | (voiceActivity ? 0x80 : 0) }
}
