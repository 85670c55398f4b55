import CALSA
import Glibc
import Transport

/// What capture and playback of a card share: when to poll its descriptors, when it counts as standing still, and the
/// way out of a broken stream.
struct CardPacing: BitwiseCopyable {
    /// A running card that has moved nothing for so long is as good as unplugged.
    static var stall: Int64 { @_noAllocation @_noLocks get { 2_000_000_000 } }
    /// The code with which it fails then.
    static var standsStill: Int32 { @_noAllocation @_noLocks get { -ETIMEDOUT } }
    /// A stream that broke off is begun anew once in so long.
    private static var revival: Int64 { 1_000_000_000 }
    /// Between two looks: more than this thread ever sleeps.
    private static var standstill: Int64 { 500_000_000 }
    /// Descriptors of one PCM at most; real ones have one, plug-ins up to three.
    static var maximumDescriptors: Int { @_noAllocation @_noLocks get { 8 } }

    /// Its descriptors are looked at again from this moment on. Some plug-ins (pulse) signal that there is room and
    /// then have one frame less than a period: whoever polls again at once spins at 200 000 turns a second.
    var pollAfter = MonotonicTime.zero
    /// It is looked at again at this moment, whether or not its descriptors say anything; nil: when they do.
    private(set) var lookAt: MonotonicTime?
    var lastProgress = MonotonicTime.zero
    private var lastLook = MonotonicTime.zero
    private var lastRevival = MonotonicTime.zero
    var isStarted = false
    /// It was suspended with the machine and cannot be resumed yet.
    private(set) var isSuspended = false
    /// Frames by which the card was short of a block at the last look.
    var missing = 0

    /// The longest delay that is believed, frames: 10 s.
    private static var longestDelay: Int { 480_000 }

    /// A delay as a PCM tells it, in frames; what none can have counts as none. Plug-ins that convert rates tell such
    /// for a moment, and nobody computes with it.
    @_noAllocation @_noLocks
    static func plausible(_ delay: snd_pcm_sframes_t) -> Int {
        delay > 0 && delay <= longestDelay ? Int(delay) : 0
    }

    /// It was signalled and nothing could be done: come back when the missing frames should be there.
    @_noAllocation @_noLocks
    mutating func backOff(now: MonotonicTime) {
        let wait = min(max(Int64(missing) * 62_500 / 3, 500_000), 5_000_000) + 50_000
        pollAfter = now.later(by: wait)
    }

    /// It will have the missing frames then. (It may wake the thread by itself then: that comes first.)
    @_noAllocation @_noLocks
    mutating func lookAgain(in missing: Int, now: MonotonicTime) {
        lookAt = now.later(by: max(Int64(missing) * 62_500 / 3, 500_000) + 50_000)
    }

    @_noAllocation @_noLocks
    func isStalled(at now: MonotonicTime) -> Bool {
        lastProgress.nanoseconds > 0 && now.elapsed(since: lastProgress) > CardPacing.stall
    }

    /// To be called at each look at the card. When it is this thread that stood still (a machine that was suspended, a
    /// virtual one that was paused), the card has had no chance to move.
    @_noAllocation @_noLocks
    mutating func look(now: MonotonicTime) {
        if lastLook.nanoseconds > 0, now.elapsed(since: lastLook) > CardPacing.standstill { lastProgress = now }
        lastLook = now
        lookAt = nil
    }

    /// Looks whether a suspended card can go on; nil: not yet.
    @_noAllocation @_noLocks
    mutating func awaken(_ pcm: OpaquePointer, now: MonotonicTime) -> CardOutcome? {
        guard pollAfter.elapsed(since: now) <= 0 else { return nil }
        return recover(pcm, code: -ESTRPIPE, now: now)
    }

    /// Deals with a call that failed. Afterwards the stream is prepared and not started, or failed; nil: it is not ready
    /// to be resumed, to be asked again later.
    @_noAllocation @_noLocks
    mutating func recover(_ pcm: OpaquePointer, code: Int32, now: MonotonicTime) -> CardOutcome? {
        isStarted = false
        isSuspended = false
        var result: Int32
        switch -code {
        case EPIPE:
            result = calsa_prepare(pcm)
        case ESTRPIPE:
            // After a suspend: resumed where the hardware can, prepared anew otherwise; "not yet" is asked again
            // later.
            result = calsa_resume(pcm)
            // (Plug-ins cannot say "not yet", but stay suspended.)
            if result == -EAGAIN || result == 0 && calsa_state(pcm) == SND_PCM_STATE_SUSPENDED {
                isSuspended = true
                if isStalled(at: now) { return .failed(CardPacing.standsStill) }
                missing = AudioLimits.blockSamples
                backOff(now: now)
                return nil
            }
            if result < 0 { result = calsa_prepare(pcm) } else { isStarted = true }
        case EIO:
            // A sound server has ended the stream, because what it went to is gone: another one goes elsewhere.
            guard lastRevival.nanoseconds == 0 || now.elapsed(since: lastRevival) > CardPacing.revival else {
                return .failed(code)
            }
            lastRevival = now
            if calsa_prepare(pcm) < 0 { return .failed(code) }
            result = 0
        default:
            return .failed(code)
        }
        return result < 0 ? .failed(result) : .recovered
    }
}
