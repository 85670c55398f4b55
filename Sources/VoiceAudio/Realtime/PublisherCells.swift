import Synchronization

/// What one publish channel of the audio thread reads and tells; see ``SystemCells``.
struct PublisherCells: ~Copyable {
    // Parameters.
    let isMuted = Atomic<Bool>(false)
    let bitrate = Atomic<Int32>(48_000)
    let bitrateLimit = Atomic<Int32>(.max)
    let frameMilliseconds = Atomic<Int32>(20)
    /// At the start.
    let askedFrameMilliseconds = Atomic<Int32>(20)
    let expectedLoss = Atomic<Int32>(0)

    // Told by the audio thread.
    let isRunning = Atomic<Bool>(false)
    let soundLevel = Atomic<UInt32>(0)
    let voiceActivity = Atomic<Bool>(false)
    let framesEncoded = Atomic<Int>(0)
    let bytesEncoded = Atomic<Int>(0)
    let encodeDelayMicroseconds = Atomic<Int>(0)
}
