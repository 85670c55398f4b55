import Transport

/// One received RTP packet's payload on its way from the media thread to the audio thread: the header of a slot of
/// ``AudioSystem/receivedFrames``; the first ``payloadLength`` bytes of the slot's payload are the RTP payload.
package struct ReceivedFrame: BitwiseCopyable, Sendable {
    /// The player's slot, 0…49. A frame for a slot that plays nothing is dropped and counted.
    package var slot: UInt8
    package var encoding: Encoding
    package var payloadLength: UInt16
    package var sequenceNumber: UInt16
    /// RTP time, 48 kHz.
    package var timestamp: UInt32
    /// When the datagram arrived, as near to the socket as it is known.
    package var arrival: MonotonicTime

    package init(
        slot: UInt8, encoding: Encoding, payloadLength: UInt16, sequenceNumber: UInt16, timestamp: UInt32,
        arrival: MonotonicTime
    ) {
        self.slot = slot
        self.encoding = encoding
        self.payloadLength = payloadLength
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
        self.arrival = arrival
    }

    /// What the negotiated payload type says that the payload is.
    package enum Encoding: UInt8, Sendable, BitwiseCopyable {
        /// One Opus packet (RFC 7587).
        case opus
        /// Redundant audio data (RFC 2198) whose blocks are Opus packets.
        case red
    }
}
