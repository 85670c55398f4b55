import RTP
import Transport

/// Makes the RTP headers of one published stream: a random SSRC, first sequence number and timestamp offset
/// (RFC 3550 section 5.1), and the header extensions that were negotiated. Allocates nothing per packet.
package struct Packetizer: Sendable {
    /// Bytes that a header takes at most.
    package static let maximumHeaderLength = RTPHeader.fixedLength + RTPHeaderExtensions.maximumLength

    package let ssrc: UInt32
    private let timestampOffset: UInt32
    /// The number of the next packet. Never goes back for an SSRC: under one key a packet index is used once.
    package private(set) var sequenceNumber: UInt16
    /// The number of the first packet.
    package let firstSequenceNumber: UInt16
    package private(set) var packetCount: UInt32 = 0
    package private(set) var octetCount: UInt32 = 0
    /// The RTP timestamp and the time of capture of the newest packet, from which sender reports are made.
    package private(set) var newest: (timestamp: UInt32, captureTime: MonotonicTime)?

    package init(random: inout RandomSource) {
        ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
        timestampOffset = UInt32.random(in: 0...UInt32.max, using: &random)
        // In the lower half, so that the first rollover is far from the first packets (RFC 3711 section 3.3.1).
        firstSequenceNumber = UInt16.random(in: 0..<0x8000, using: &random)
        sequenceNumber = firstSequenceNumber
    }

    /// What one packet says beside its payload.
    package struct Frame {
        package var marker: Bool
        /// The encoder's timestamp, to which the offset is added.
        package var timestamp: UInt32
        package var captureTime: MonotonicTime
        package var payloadLength: Int
        package var extensions: RTPHeaderExtensions

        package init(
            marker: Bool, timestamp: UInt32, captureTime: MonotonicTime, payloadLength: Int,
            extensions: RTPHeaderExtensions
        ) {
            self.marker = marker
            self.timestamp = timestamp
            self.captureTime = captureTime
            self.payloadLength = payloadLength
            self.extensions = extensions
        }
    }

    /// Writes the header of the next packet and counts it.
    ///
    /// - Returns: the bytes written, and the packet's sequence number; nil if `buffer` is too small.
    package mutating func write(
        _ frame: Frame, payloadType: UInt8, map: HeaderExtensionMap, into buffer: UnsafeMutableRawBufferPointer
    ) -> (length: Int, sequenceNumber: UInt16)? {
        let number = sequenceNumber
        let header = RTPHeader(
            marker: frame.marker, payloadType: payloadType, sequenceNumber: number,
            timestamp: frame.timestamp &+ timestampOffset, ssrc: ssrc)
        guard let length = header.write(extensions: frame.extensions, map: map, into: buffer) else { return nil }
        sequenceNumber &+= 1
        packetCount &+= 1
        octetCount &+= UInt32(truncatingIfNeeded: frame.payloadLength)
        newest = (header.timestamp, frame.captureTime)
        return (length, number)
    }

    /// The RTP timestamp of a moment, by the newest packet (48 kHz); nil before the first.
    package func timestamp(at time: MonotonicTime) -> UInt32? {
        guard let newest else { return nil }
        let elapsed = time.nanoseconds(since: newest.captureTime)
        return newest.timestamp &+ UInt32(truncatingIfNeeded: elapsed * 48 / 1_000_000)
    }
}
