/// A recording at 48 kHz in memory that the audio thread plays from: made and freed by the device helper.
struct AudioClip: ~Copyable {
    let channels: Int
    let frames: Int
    private let loops: Bool
    private let samples: UnsafeMutablePointer<Float>
    private var position = 0

    /// Loads a WAV file, resampled to 48 kHz and brought to `channels` (1 or 2): of more, the first two count.
    static func load(_ path: String, channels: Int, loops: Bool) throws(AudioError) -> AudioClip {
        AudioClip(try read(path, channels: channels), channels: channels, loops: loops)
    }

    /// What ``load(_:channels:loops:)`` plays: interleaved samples at 48 kHz.
    static func read(_ path: String, channels: Int) throws(AudioError) -> [Float] {
        let file = try WAVFile.read(path)
        var mixed: [Float] = []
        mixed.reserveCapacity(file.frames * channels)
        for frame in 0..<file.frames {
            let left = file.samples[frame * file.channels]
            let right = file.channels > 1 ? file.samples[frame * file.channels + 1] : left
            if channels == 2 {
                mixed.append(left)
                mixed.append(right)
            } else {
                mixed.append(0.5 * (left + right))
            }
        }
        return Resampler.resample(mixed, channels: channels, from: file.sampleRate, to: AudioLimits.sampleRate)
    }

    init(_ sound: [Float], channels: Int, loops: Bool) {
        self.channels = channels
        self.loops = loops
        frames = sound.count / channels
        samples = .allocate(capacity: max(sound.count, 1))
        sound.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { samples.initialize(from: start, count: source.count) }
        }
    }

    deinit {
        samples.deallocate()
    }

    /// Fills `count` frames of ``channels``; false when the end was reached (the rest is silence). A loop never ends.
    @_noAllocation @_noLocks
    mutating func fill(_ target: UnsafeMutablePointer<Float>, frames count: Int) -> Bool {
        var filled = 0
        while filled < count, frames > 0 {
            let part = min(count - filled, frames - position)
            copySamples(target + filled * channels, samples + position * channels, part * channels)
            filled += part
            position += part
            if position == frames {
                guard loops else { break }
                position = 0
            }
        }
        guard filled < count else { return true }
        clearSamples(target + filled * channels, (count - filled) * channels)
        return false
    }
}
