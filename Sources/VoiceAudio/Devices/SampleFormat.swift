import CALSA

/// How a PCM keeps samples, of the formats that we speak. All in the machine's byte order.
enum SampleFormat: Sendable, BitwiseCopyable {
    case float
    case integer32
    case integer16

    /// In the order in which they are asked for: the more a card keeps, the better.
    static var all: [SampleFormat] { [.float, .integer32, .integer16] }

    var alsaFormat: snd_pcm_format_t {
        switch self {
        case .float: SND_PCM_FORMAT_FLOAT
        case .integer32: SND_PCM_FORMAT_S32
        case .integer16: SND_PCM_FORMAT_S16
        }
    }

    var bytes: Int {
        @_noAllocation @_noLocks get { self == .integer16 ? 2 : 4 }
    }

    /// Reads `frames` frames of `sourceChannels` into `channels` (1 or 2) floats each: a mono input goes to both
    /// sides, of two the mean makes mono, of more the first two count.
    @_noAllocation @_noLocks
    func read(
        _ source: UnsafeRawPointer, frames: Int, sourceChannels: Int, into target: UnsafeMutablePointer<Float>,
        channels: Int
    ) {
        for frame in 0..<frames {
            let left = sample(source, frame * sourceChannels)
            let right = sourceChannels > 1 ? sample(source, frame * sourceChannels + 1) : left
            if channels == 2 {
                target[2 * frame] = left
                target[2 * frame + 1] = right
            } else {
                target[frame] = sourceChannels > 1 ? 0.5 * (left + right) : left
            }
        }
    }

    /// Writes `frames` frames of `channels` (1 or 2) floats as `targetChannels` samples each: mono goes to the first
    /// two, further ones are silent; two go to one as their mean.
    @_noAllocation @_noLocks
    func write(
        _ source: UnsafePointer<Float>, frames: Int, channels: Int, to target: UnsafeMutableRawPointer,
        targetChannels: Int
    ) {
        for frame in 0..<frames {
            let left = source[frame * channels]
            let right = channels == 2 ? source[2 * frame + 1] : left
            for channel in 0..<targetChannels {
                let value: Float =
                    targetChannels == 1
                    ? (channels == 2 ? 0.5 * (left + right) : left)
                    : channel == 0 ? left : channel == 1 ? right : 0
                store(value, target, frame * targetChannels + channel)
            }
        }
    }

    @_noAllocation @_noLocks
    private func sample(_ source: UnsafeRawPointer, _ index: Int) -> Float {
        switch self {
        case .float:
            let value = source.load(fromByteOffset: 4 * index, as: Float.self)
            // What is far beyond full scale would stay in filters and meters.
            return value.isFinite ? min(max(value, -4), 4) : 0
        case .integer32:
            return Float(source.load(fromByteOffset: 4 * index, as: Int32.self)) * (1 / 2_147_483_648)
        case .integer16:
            return Float(source.load(fromByteOffset: 2 * index, as: Int16.self)) * (1 / 32_768)
        }
    }

    @_noAllocation @_noLocks
    private func store(_ value: Float, _ target: UnsafeMutableRawPointer, _ index: Int) {
        switch self {
        case .float:
            target.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
        case .integer32:
            let scaled = min(max(Double(value) * 2_147_483_648, -2_147_483_647), 2_147_483_646)
            target.storeBytes(of: Int32(scaled + (scaled < 0 ? -0.5 : 0.5)), toByteOffset: 4 * index, as: Int32.self)
        case .integer16:
            target.storeBytes(of: SampleFormat.integer16(value), toByteOffset: 2 * index, as: Int16.self)
        }
    }

    /// Rounds to 16 bits, clipped.
    @_noAllocation @_noLocks
    static func integer16(_ value: Float) -> Int16 {
        let scaled = min(max(value * 32_768, -32_768), 32_767)
        return Int16(scaled + (scaled < 0 ? -0.499_999 : 0.499_999))
    }
}
