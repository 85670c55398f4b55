import CALSA
import Glibc
import Transport

/// A card that captures, as the audio thread sees it: reads what is there, in the card's format, and gives blocks with
/// the time of their first sample.
struct CardCapture: ~Copyable {
    let device: AlsaPCM
    /// Of what it gives.
    let channels: Int
    /// Frames that it gives at once, at least.
    let block: Int
    var pacing = CardPacing()
    /// Frames in the card's format, as read.
    private let scratch: UnsafeMutableRawPointer
    private var queue: SampleQueue
    /// Between microphone and the end of the queue at the last reading, frames.
    private var cardDelay = 0
    private var readAt = MonotonicTime.zero

    /// Takes the PCM over, but does not close it.
    /// - Parameter block: frames that are asked for at once, at least; 120, 240 or 480.
    init(device: AlsaPCM, channels: Int, block: Int) {
        self.device = device
        self.channels = channels
        self.block = block
        let bytes = AudioLimits.blockSamples * device.channels * device.format.bytes
        scratch = .allocate(byteCount: bytes, alignment: 16)
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        queue = SampleQueue(channels: channels, capacity: 2 * AudioLimits.blockSamples)
        // Wakes when a block is there (a longer period comes in one piece anyway). A buffer holds two at least.
        _ = calsa_set_avail_min(device.pcm, device.softwareParameters, snd_pcm_uframes_t(block))
    }

    deinit {
        scratch.deallocate()
    }

    /// How old the newest sample of a block is when it is taken, smoothed, µs: the card's own delay, and how late this
    /// thread comes.
    private(set) var delayMicroseconds = 0

    /// Starts it when it does not run and reads a block as soon as it is there whole; `.fine` when `block` frames can be
    /// taken with ``take(into:frames:)``, nil when there are not as many yet.
    ///
    /// What is less than a block stays in the card, and what is more too: a card wakes the thread when a block is there
    /// beyond what was read, most at the end of a period only. Were a part of one read when something else wakes the
    /// thread, the block would be there in the middle of the next period, and be seen at its end.
    @_noAllocation @_noLocks
    mutating func service(now: MonotonicTime, block: Int) -> CardOutcome? {
        pacing.look(now: now)
        if pacing.isSuspended { return pacing.awaken(device.pcm, now: now) }
        if !pacing.isStarted {
            let code = calsa_start(device.pcm)
            if code < 0 { return failure(code, now) }
            pacing.isStarted = true
            if pacing.lastProgress.nanoseconds == 0 { pacing.lastProgress = now }
        }
        while queue.count < block {
            var available: snd_pcm_sframes_t = 0
            var delay: snd_pcm_sframes_t = 0
            let code = calsa_avail_delay(device.pcm, &available, &delay)
            if code < 0 { return failure(code, now) }
            let wanted = block - queue.count
            if available < wanted { return idle(now, missing: wanted - max(Int(available), 0)) }
            let read = calsa_read(device.pcm, scratch, snd_pcm_uframes_t(wanted))
            if read == -Int(EAGAIN) || read == 0 { return idle(now, missing: wanted) }
            if read < 0 { return failure(Int32(read), now) }
            device.format.read(
                scratch, frames: read, sourceChannels: device.channels, into: queue.end, channels: channels)
            queue.append(read)
            cardDelay = max(CardPacing.plausible(delay), min(Int(available), device.buffer)) - read
            readAt = now
            pacing.lastProgress = now
        }
        return .fine
    }

    /// Takes a block out, after ``service(now:block:)`` said that there is one; when its first sample was at the
    /// microphone.
    @_noAllocation @_noLocks
    mutating func take(into block: UnsafeMutablePointer<Float>, frames: Int) -> MonotonicTime {
        let age = Int64(max(cardDelay, 0) + queue.count) * 62_500 / 3
        let newest = (max(cardDelay, 0) + queue.count - frames) * 125 / 6
        delayMicroseconds += (newest - delayMicroseconds) / 16
        queue.take(frames, into: block)
        return readAt.later(by: -age)
    }

    @_noAllocation @_noLocks
    private mutating func idle(_ now: MonotonicTime, missing: Int) -> CardOutcome? {
        if pacing.isStalled(at: now) { return .failed(CardPacing.standsStill) }
        pacing.missing = missing
        return nil
    }

    @_noAllocation @_noLocks
    private mutating func failure(_ code: Int32, _ now: MonotonicTime) -> CardOutcome? {
        queue.removeAll()
        return pacing.recover(device.pcm, code: code, now: now)
    }
}
