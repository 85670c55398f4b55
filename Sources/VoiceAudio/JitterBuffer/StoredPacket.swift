import Transport

/// A packet that waits in a ``PacketStore``. Its payload stays where it is until the next packet is stored.
package struct StoredPacket: BitwiseCopyable {
    /// Unwrapped.
    package var sequence: Int64
    /// Unwrapped RTP time, 48 kHz.
    package var timestamp: Int64
    /// Samples per channel in it.
    package var duration: Int
    /// It came as a redundant block of a later packet; its own may still come.
    package var isRedundant: Bool
    package var payload: UnsafeRawBufferPointer

    @_noAllocation @_noLocks
    package init(sequence: Int64, timestamp: Int64, duration: Int, isRedundant: Bool, payload: UnsafeRawBufferPointer) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.duration = duration
        self.isRedundant = isRedundant
        self.payload = payload
    }
}
