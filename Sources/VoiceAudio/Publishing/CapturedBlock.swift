import Transport

/// A block of the input device's sound on its way to the publishers, after its volume.
struct CapturedBlock: BitwiseCopyable {
    /// Interleaved.
    var samples: UnsafePointer<Float>
    /// At most ``AudioLimits/blockSamples``.
    var frames: Int
    var channels: Int
    /// RTP time of its first sample.
    var timestamp: UInt32
    /// When that was at the microphone, were it not for the processing.
    var captureTime: MonotonicTime
    /// By which echo, noise and gain made it later, ns.
    var processingDelay: Int64

    @_noAllocation @_noLocks
    init(
        samples: UnsafePointer<Float>, frames: Int, channels: Int, timestamp: UInt32, captureTime: MonotonicTime,
        processingDelay: Int64
    ) {
        self.samples = samples
        self.frames = frames
        self.channels = channels
        self.timestamp = timestamp
        self.captureTime = captureTime
        self.processingDelay = processingDelay
    }
}
