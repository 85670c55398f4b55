import Synchronization

/// What the audio thread reads and tells as a whole: one atomic each, so that nobody waits for anybody. Relaxed order
/// suffices throughout: no cell's value depends on another's.
struct SystemCells: ~Copyable {
    /// Of a delay.
    static var unknown: Int { @_noAllocation @_noLocks get { -1 } }

    // Parameters, written by the engine.
    let captureVolume = Atomic<Int32>(100)
    let isMicrophoneMuted = Atomic<Bool>(false)
    let isSpeakerMuted = Atomic<Bool>(false)
    /// The audio thread leaves its loop.
    let isStopping = Atomic<Bool>(false)

    // Told by the audio thread.
    let heartbeat = Atomic<UInt64>(0)
    let isRealtime = Atomic<Bool>(false)
    let capturedSoundLevel = Atomic<UInt32>(0)
    let inputXruns = Atomic<Int>(0)
    let outputXruns = Atomic<Int>(0)
    let captureDelayMicroseconds = Atomic<Int>(SystemCells.unknown)
    let processingDelayMicroseconds = Atomic<Int>(0)
    let playbackDelayMicroseconds = Atomic<Int>(SystemCells.unknown)
    let wakeUps = Atomic<Int>(0)
    let wakeUpLatenessNanoseconds = Atomic<Int>(0)
    let worstWakeUpLatenessNanoseconds = Atomic<Int>(0)
    let lateBlocks = Atomic<Int>(0)
    let droppedEncodedFrames = Atomic<Int>(0)
    let strayReceivedFrames = Atomic<Int>(0)
    let processorNanoseconds = Atomic<Int64>(0)
}
