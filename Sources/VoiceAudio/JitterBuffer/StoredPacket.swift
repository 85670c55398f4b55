import Transport

/// A packet that waits in a ``PacketStore``. Its payload stays where it is until the next packet is stored.
struct StoredPacket: BitwiseCopyable {
    /// Unwrapped.
    var sequence: Int64
    /// Unwrapped RTP time, 48 kHz.
    var timestamp: Int64
    /// Samples per channel in it.
    var duration: Int
    /// It came as a redundant block of a later packet; its own may still come.
    var isRedundant: Bool
    var payload: UnsafeRawBufferPointer

    @_noAllocation @_noLocks
    init(sequence: Int64, timestamp: Int64, duration: Int, isRedundant: Bool, payload: UnsafeRawBufferPointer) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.duration = duration
        self.isRedundant = isRedundant
        self.payload = payload
    }
}
