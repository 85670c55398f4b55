import CALSA
import Glibc
import Transport

/// A card that plays, as the audio thread sees it: says when it takes a block of 10 ms, and how long until that is
/// heard.
///
/// The card's buffer is longer than what is put into it: it is filled up to a *target* of one block and one period (20
/// ms at 10 ms periods, 15 at 5 and below), because what waits there is heard late. `avail_min` is set so that the card wakes the thread
/// when one block fits under the target. When underruns come twice within ten seconds, the target grows by 5 ms, as
/// far as the buffer goes: a machine that cannot keep 20 ms gets 25.
struct CardPlayback: ~Copyable {
    private static var growth: Int { 240 }
    /// What is left in the card when the next block is made, at least: 5 ms.
    private static var reserve: Int { 240 }
    private static var growthWindow: Int64 { 10_000_000_000 }

    let device: AlsaPCM
    let channels: Int
    var pacing = CardPacing()
    /// A block in the card's format, and what of it was not taken yet.
    private let scratch: UnsafeMutableRawPointer
    private var pendingStart = 0
    private var pendingFrames = 0
    /// Frames to keep in the card.
    private(set) var target: Int
    private var lastUnderrun = MonotonicTime.zero
    /// From the mixer to the loudspeaker after the last block, frames.
    private(set) var delay = 0

    /// Takes the PCM over, but does not close it.
    init(device: AlsaPCM, channels: Int) {
        self.device = device
        self.channels = channels
        let bytes = AudioLimits.blockSamples * device.channels * device.format.bytes
        scratch = .allocate(byteCount: bytes, alignment: 16)
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        target = min(AudioLimits.blockSamples + max(device.period, CardPlayback.reserve), device.buffer)
        setWakeUp()
    }

    deinit {
        scratch.deallocate()
    }

    /// Looks how much is queued. `.fine` when a block is wanted now, to be given with ``put(_:now:)``; nil when not
    /// yet.
    @_noAllocation @_noLocks
    mutating func service(now: MonotonicTime) -> CardOutcome? {
        if pendingFrames > 0 {
            if let outcome = writePending(now) { return outcome }
            if pendingFrames > 0 { return idle(1, now) }
        }
        var available: snd_pcm_sframes_t = 0
        var delay: snd_pcm_sframes_t = 0
        let code = calsa_avail_delay(device.pcm, &available, &delay)
        if code < 0 { return failure(code, now) }
        let queued = device.buffer - Int(available)
        self.delay = max(Int(delay), queued)
        let missing = AudioLimits.blockSamples - min(target - queued, Int(available))
        if missing <= 0 { return .fine }
        if !pacing.isStarted {
            let code = calsa_start(device.pcm)
            if code < 0 { return failure(code, now) }
            pacing.isStarted = true
            pacing.lastProgress = now
        }
        return idle(missing, now)
    }

    /// When the next block would have been wanted had the card been asked in time: `now`, put right by how much the
    /// queue is under or over its aim. The jitter buffer's clock: without the jitter of the wake-up.
    @_noAllocation @_noLocks
    func pullTime(now: MonotonicTime) -> MonotonicTime {
        let surplus = delay - (target - AudioLimits.blockSamples)
        return now.later(by: Int64(surplus) * 62_500 / 3)
    }

    /// Gives it a block.
    @_noAllocation @_noLocks
    mutating func put(_ block: UnsafePointer<Float>, now: MonotonicTime) -> CardOutcome {
        device.format.write(
            block, frames: AudioLimits.blockSamples, channels: channels, to: scratch, targetChannels: device.channels)
        pendingStart = 0
        pendingFrames = AudioLimits.blockSamples
        return writePending(now) ?? .fine
    }

    /// Writes what it takes; an outcome only when something broke.
    @_noAllocation @_noLocks
    private mutating func writePending(_ now: MonotonicTime) -> CardOutcome? {
        let bytes = device.channels * device.format.bytes
        let written = calsa_write(device.pcm, scratch + pendingStart * bytes, snd_pcm_uframes_t(pendingFrames))
        if written == -Int(EAGAIN) { return nil }
        if written < 0 { return failure(Int32(written), now) }
        pendingStart += written
        pendingFrames -= written
        delay += written
        if written > 0 { pacing.lastProgress = now }
        return nil
    }

    @_noAllocation @_noLocks
    private mutating func idle(_ missing: Int, _ now: MonotonicTime) -> CardOutcome? {
        if pacing.isStalled(at: now) { return .failed(-EIO) }
        pacing.missing = missing
        return nil
    }

    @_noAllocation @_noLocks
    private mutating func failure(_ code: Int32, _ now: MonotonicTime) -> CardOutcome {
        pendingFrames = 0
        let outcome = pacing.recover(device.pcm, code: code, now: now)
        if code == -EPIPE {
            if lastUnderrun.nanoseconds > 0, now.elapsed(since: lastUnderrun) < CardPlayback.growthWindow,
                target + CardPlayback.growth <= device.buffer
            {
                target += CardPlayback.growth
                setWakeUp()
            }
            lastUnderrun = now
        }
        return outcome
    }

    /// Wake when a block fits under the target.
    @_noAllocation @_noLocks
    private func setWakeUp() {
        let frames = device.buffer - (target - AudioLimits.blockSamples)
        _ = calsa_set_avail_min(device.pcm, device.softwareParameters, snd_pcm_uframes_t(max(frames, 1)))
    }
}
