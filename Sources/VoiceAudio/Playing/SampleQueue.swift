/// Decoded samples between the decoder, which gives frames, and the mixer, which takes blocks of 10 ms: interleaved,
/// in one piece of memory, always starting at its beginning.
struct SampleQueue: ~Copyable {
    private(set) var channels: Int
    /// Frames (one sample per channel) that fit.
    let capacity: Int
    private let samples: UnsafeMutablePointer<Float>
    /// Frames that wait.
    private(set) var count = 0

    /// - Parameter most: channels that it may have later on; see ``becomeStereo()``.
    init(channels: Int, capacity: Int, most: Int = 1) {
        self.channels = channels
        self.capacity = capacity
        let room = capacity * max(channels, most)
        samples = .allocate(capacity: room)
        samples.initialize(repeating: 0, count: room)
    }

    deinit {
        samples.deallocate()
    }

    /// Where the next frames may be written; there is room for `capacity - count`.
    var end: UnsafeMutablePointer<Float> {
        @_noAllocation @_noLocks get { samples + count * channels }
    }

    /// The oldest frame.
    var start: UnsafeMutablePointer<Float> {
        @_noAllocation @_noLocks get { samples }
    }

    /// Counts frames that were put into the middle (or taken out of it, when negative).
    @_noAllocation @_noLocks
    mutating func stretch(by frames: Int) {
        count = min(max(count + frames, 0), capacity)
    }

    /// Counts frames that were written at ``end``.
    @_noAllocation @_noLocks
    mutating func append(_ frames: Int) {
        count = min(count + frames, capacity)
    }

    /// Appends silence.
    @_noAllocation @_noLocks
    mutating func appendSilence(_ frames: Int) {
        let frames = min(frames, capacity - count)
        clearSamples(end, frames * channels)
        count += frames
    }

    /// Takes the oldest frames out; there must be as many.
    @_noAllocation @_noLocks
    mutating func take(_ frames: Int, into destination: UnsafeMutablePointer<Float>) {
        copySamples(destination, samples, frames * channels)
        count -= frames
        moveSamples(samples, samples + frames * channels, count * channels)
    }

    /// From one channel to two: what waits goes to both.
    @_noAllocation @_noLocks
    mutating func becomeStereo() {
        ChannelMapping.spread(samples, frames: count)
        channels = 2
    }

    @_noAllocation @_noLocks
    mutating func removeAll() {
        count = 0
    }
}
