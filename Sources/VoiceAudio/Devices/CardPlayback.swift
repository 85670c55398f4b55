import CALSA
import Glibc
import Transport

/// A card that plays, as the audio thread sees it: says when it takes a block, and how long until that is heard.
///
/// The card's buffer is longer than what is put into it: it is filled up to a target of one block and one period (20 ms
/// at periods of 10 ms, 7.5 at 5), because what waits there is heard late; ``QueueTarget`` makes that longer where it has to
/// be, ``CardCadence`` where the card takes its blocks less evenly than that needs. `avail_min` is set so that the card
/// wakes the thread when one block fits under the target; where the card does so only once in a period and blocks are
/// shorter, the thread looks by itself in between.
struct CardPlayback: ~Copyable {
    let device: AlsaPCM
    var pacing = CardPacing()
    /// A block in the card's format, and what of it was not taken yet.
    private let scratch: UnsafeMutableRawPointer
    private var pendingStart = 0
    private var pendingFrames = 0
    private let block: Int
    /// Frames to keep in the card.
    private var target: QueueTarget
    private var cadence: CardCadence
    /// Frames in the card's buffer at the last look.
    private var queued = 0
    /// From the mixer to the loudspeaker after the last block, frames.
    private(set) var delay = 0
    /// What the hardware and its plug-ins hold beyond the buffer, smoothed, in sixteenths of a frame.
    private var hidden = 0

    /// Takes the PCM over, but does not close it.
    /// - Parameter block: frames that it is given at once.
    init(device: AlsaPCM, block: Int) {
        self.device = device
        self.block = block
        let bytes = block * device.channels * device.format.bytes
        scratch = .allocate(byteCount: bytes, alignment: 16)
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        cadence = CardCadence(block: block, period: device.period)
        target = QueueTarget(block: block, reserve: cadence.reserve, capacity: device.buffer)
        setWakeUp()
    }

    deinit {
        scratch.deallocate()
    }

    /// Looks how much is queued. `.fine` when a block is wanted now, to be given with ``put(_:now:)``; nil when not
    /// yet.
    @_noAllocation @_noLocks
    mutating func service(now: MonotonicTime) -> CardOutcome? {
        pacing.look(now: now)
        if pacing.isSuspended { return pacing.awaken(device.pcm, now: now) }
        if pendingFrames > 0 {
            if let outcome = writePending(now) { return outcome }
            if pendingFrames > 0 { return idle(1, now) }
        }
        var available: snd_pcm_sframes_t = 0
        var delay: snd_pcm_sframes_t = 0
        let code = calsa_avail_delay(device.pcm, &available, &delay)
        if code < 0 { return failure(code, now) }
        let room = min(max(Int(available), 0), device.buffer)
        queued = device.buffer - room
        // Not known for a moment: as before.
        self.delay = delay < 0 ? queued + hidden / 16 : max(CardPacing.plausible(delay), queued)
        hidden += self.delay - queued - hidden / 16
        if target.notePlaying(at: now) { setWakeUp() }
        let missing = block - min(target.frames - queued, room)
        if missing <= 0 {
            if pacing.isStarted, cadence.note(late: target.frames - block - queued, turn: now) {
                target.change(reserve: cadence.reserve)
                setWakeUp()
            }
            return .fine
        }
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
        let surplus = queued - (target.frames - block)
        return now.later(by: Int64(surplus) * 62_500 / 3)
    }

    /// From the ``pullTime(now:)`` of a sample until it is heard, µs.
    var delayMicroseconds: Int {
        @_noAllocation @_noLocks get { (target.frames - block + hidden / 16) * 125 / 6 }
    }

    /// Gives it a block of one channel or two.
    @_noAllocation @_noLocks
    mutating func put(_ sound: UnsafePointer<Float>, channels: Int, now: MonotonicTime) -> CardOutcome {
        device.format.write(
            sound, frames: block, channels: channels, to: scratch, targetChannels: device.channels)
        pendingStart = 0
        pendingFrames = block
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
        queued += written
        if written > 0 { pacing.lastProgress = now }
        return nil
    }

    @_noAllocation @_noLocks
    private mutating func idle(_ missing: Int, _ now: MonotonicTime) -> CardOutcome? {
        if pacing.isStalled(at: now) { return .failed(CardPacing.standsStill) }
        pacing.missing = missing
        // Between two periods nobody else wakes the thread. (Where the pointer moves in steps it comes again a little later.)
        if cadence.looksBetween, pacing.isStarted { pacing.lookAgain(in: missing, now: now) }
        return nil
    }

    @_noAllocation @_noLocks
    private mutating func failure(_ code: Int32, _ now: MonotonicTime) -> CardOutcome? {
        pendingFrames = 0
        let outcome = pacing.recover(device.pcm, code: code, now: now)
        if code == -EPIPE, target.noteUnderrun(at: now) { setWakeUp() }
        return outcome
    }

    /// Wake when a block fits under the target.
    @_noAllocation @_noLocks
    private func setWakeUp() {
        let frames = device.buffer - (target.frames - block)
        _ = calsa_set_avail_min(device.pcm, device.softwareParameters, snd_pcm_uframes_t(max(frames, 1)))
    }
}
