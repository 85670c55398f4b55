import MediaIO

/// The audio thread's end of a ``FileSink``: puts blocks into its ring, never waits for the disk.
struct FileTap: BitwiseCopyable {
    private let ring: SPSCRing.Producer
    private let channels: Int
    private var index: Int64 = 0

    init(ring: SPSCRing.Producer, channels: Int) {
        self.ring = ring
        self.channels = channels
    }

    /// Takes a block of 480 interleaved frames; a full ring costs the block, and the file is silent there.
    @_noAllocation @_noLocks
    mutating func write(_ block: UnsafePointer<Float>) {
        defer { index += 1 }
        guard let slot = ring.reserve(), let target = slot.payload.baseAddress else { return }
        slot.sampleBlock.pointee = SampleBlock(index: index)
        for sample in 0..<AudioLimits.blockSamples * channels {
            let value = UInt16(bitPattern: SampleFormat.integer16(block[sample]))
            // WAV files are little-endian, whatever the machine.
            target.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: 2 * sample, as: UInt8.self)
            target.storeBytes(of: UInt8(truncatingIfNeeded: value >> 8), toByteOffset: 2 * sample + 1, as: UInt8.self)
        }
        ring.commit()
    }
}
