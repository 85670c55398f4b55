/// Brings what is heard onto the time line of what is said: two cards may pace them, which drift against each other.
///
/// What is heard waits in a queue of about 40 ms. Where the queue has grown or shrunk by 10 ms against that, it is read
/// faster or slower by two parts in a thousand until it is right again: less than a musician hears, and enough for any
/// two crystals. Between samples a cubic (Catmull–Rom) goes through the four around it; without drift every sample
/// comes out as it went in. A queue that ran dry fills up again first.
package struct TimelineBridge {
    private static let target = 4 * AudioLimits.blockSamples
    private static let tolerance = Double(AudioLimits.blockSamples)
    private static let right = Double(AudioLimits.blockSamples) / 10
    private static let correction = 0.002
    /// More than this waits only after a stand-still: it is dropped.
    private static let longest = 30 * AudioLimits.blockSamples
    private static let fade = 240

    private let channels: Int
    private var queue: [Float] = []
    /// Of the next sample to read, in frames from the queue's second: the cubic needs one before.
    private var position = 0.0
    private var isFilling = true
    private var rate = 1.0
    /// How far the queue is above its target, smoothed: blocks come in bursts.
    private var excess = 0.0
    /// The rate goes back to 1 where the reading meets a sample again.
    private var isNearlyRight = false

    package init(channels: Int) {
        self.channels = channels
    }

    package var frames: Int { queue.count / channels }

    /// Takes a block that is heard.
    package mutating func append(_ block: UnsafeBufferPointer<Float>) {
        queue.append(contentsOf: block)
        guard frames > TimelineBridge.longest else { return }
        queue.removeFirst((frames - TimelineBridge.target) * channels)
    }

    /// The block of 10 ms that belongs to one that is said.
    package mutating func next() -> [Float] {
        if isFilling, frames >= TimelineBridge.target {
            isFilling = false
            position = 0
            excess = 0
            return fadedIn(read())
        }
        guard !isFilling else { return [Float](repeating: 0, count: AudioLimits.blockSamples * channels) }
        adjust()
        guard Double(frames) >= position + rate * Double(AudioLimits.blockSamples) + 4 else { return runOut() }
        return read()
    }

    private mutating func adjust() {
        excess += (Double(frames) - position - Double(TimelineBridge.target) - excess) / 32
        if abs(excess) > TimelineBridge.tolerance {
            rate = excess > 0 ? 1 + TimelineBridge.correction : 1 - TimelineBridge.correction
            isNearlyRight = false
        } else if rate != 1 {
            isNearlyRight = rate > 1 ? excess < TimelineBridge.right : excess > -TimelineBridge.right
        }
    }

    private mutating func read() -> [Float] {
        var block = [Float](repeating: 0, count: AudioLimits.blockSamples * channels)
        for frame in 0..<AudioLimits.blockSamples {
            let whole = Int(position)
            let part = Float(position - Double(whole))
            for channel in 0..<channels {
                block[frame * channels + channel] = sample(whole, part, channel)
            }
            position += rate
            if isNearlyRight, abs(position - position.rounded()) < TimelineBridge.correction {
                position = position.rounded()
                rate = 1
                isNearlyRight = false
            }
        }
        let done = Int(position)
        queue.removeFirst(min(done, frames) * channels)
        position -= Double(done)
        return block
    }

    /// Between the frames `whole + 1` and `whole + 2` of the queue.
    private func sample(_ whole: Int, _ part: Float, _ channel: Int) -> Float {
        func at(_ offset: Int) -> Float { queue[(whole + offset) * channels + channel] }
        guard part > 0 else { return at(1) }
        let before = at(0)
        let left = at(1)
        let right = at(2)
        let behind = at(3)
        let linear = right - before
        let square = 2 * before - 5 * left + 4 * right - behind
        let cubic = 3 * (left - right) + behind - before
        return left + 0.5 * part * (linear + part * (square + part * cubic))
    }

    private func fadedIn(_ block: [Float]) -> [Float] {
        var block = block
        for index in 0..<TimelineBridge.fade * channels {
            block[index] *= Float(index / channels + 1) / Float(TimelineBridge.fade)
        }
        return block
    }

    /// What is left, faded out; then it fills up again.
    private mutating func runOut() -> [Float] {
        isFilling = true
        rate = 1
        isNearlyRight = false
        var block = Array(queue.dropFirst(channels).prefix(AudioLimits.blockSamples * channels))
        let rest = block.count / channels
        for index in block.indices { block[index] *= 1 - Float(index / channels + 1) / Float(rest) }
        block += [Float](repeating: 0, count: AudioLimits.blockSamples * channels - block.count)
        queue = []
        return block
    }
}
