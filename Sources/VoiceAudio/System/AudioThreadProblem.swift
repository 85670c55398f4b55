/// What is wrong with the audio thread, for the `audio-thread` event.
package enum AudioThreadProblem: Sendable, Hashable {
    /// SCHED_FIFO was refused (`errno`): the thread runs at normal priority, with gaps when the machine is busy.
    /// LimitRTPRIO= or CAP_SYS_NICE is missing.
    case realtimeRefused(code: Int32)
    /// Its memory could not be locked (`errno`): a page fault may delay it. LimitMEMLOCK= is missing.
    case memoryNotLocked(code: Int32)
    /// At least five xruns within a second; the count of that second.
    case xrunBurst(count: Int)
    /// No xrun for ten seconds after a burst.
    case recovered
}
