import RTP

/// What is known of one published stream.
package struct StreamStatistics: Sendable, Hashable {
    package let key: StreamKey
    /// The publisher's session.
    package let session: ForwarderSession
    /// Packets are arriving.
    package let isLive: Bool
    package let packetsReceived: UInt64
    package let bytesReceived: UInt64
    /// Lost on the publisher's leg.
    package let packetsLost: Int64
    /// The level of the last packet that told one (RFC 6464).
    package let audioLevel: AudioLevel?
}
