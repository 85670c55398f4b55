import CALSA
import Glibc
import Transport

/// What capture and playback of a card share: when to poll its descriptors, when it counts as standing still, and the
/// way out of a broken stream.
struct CardPacing: BitwiseCopyable {
    /// A running card that has moved nothing for so long is as good as unplugged.
    static var stall: Int64 { @_noAllocation @_noLocks get { 2_000_000_000 } }
    /// Descriptors of one PCM at most; real ones have one, plug-ins up to three.
    static var maximumDescriptors: Int { @_noAllocation @_noLocks get { 8 } }

    /// Its descriptors are looked at again from this moment on. Some plug-ins (pulse) signal that there is room and
    /// then have one frame less than a period: whoever polls again at once spins at 200 000 turns a second.
    var pollAfter = MonotonicTime.zero
    var lastProgress = MonotonicTime.zero
    var isStarted = false
    /// Frames by which the card was short of a block at the last look.
    var missing = 0

    /// It was signalled and nothing could be done: come back when the missing frames should be there.
    @_noAllocation @_noLocks
    mutating func backOff(now: MonotonicTime) {
        let wait = min(max(Int64(missing) * 62_500 / 3, 500_000), 5_000_000)
        pollAfter = now.later(by: wait)
    }

    @_noAllocation @_noLocks
    func isStalled(at now: MonotonicTime) -> Bool {
        lastProgress.nanoseconds > 0 && now.elapsed(since: lastProgress) > CardPacing.stall
    }

    /// Deals with a call that failed. Afterwards the stream is prepared and not started, or failed.
    @_noAllocation @_noLocks
    mutating func recover(_ pcm: OpaquePointer, code: Int32, now: MonotonicTime) -> CardOutcome {
        isStarted = false
        var result: Int32
        switch -code {
        case EPIPE:
            result = calsa_prepare(pcm)
        case ESTRPIPE:
            // After a suspend: resumed where the hardware can, prepared anew otherwise; "not yet" is asked again
            // later.
            result = calsa_resume(pcm)
            if result == -EAGAIN {
                missing = AudioLimits.blockSamples
                backOff(now: now)
                return .fine
            }
            if result < 0 { result = calsa_prepare(pcm) } else { isStarted = true }
        default:
            return .failed(code)
        }
        return result < 0 ? .failed(result) : .recovered
    }
}
