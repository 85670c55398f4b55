import Transport

/// How a stream is asked for again and again, the same for one that is published and one that is played: what the server
/// and the transport last said of it, when it may be asked again, and how long that may go on (the retry window).
struct StreamRetry: Sendable {
    /// The server has taken it on the present session.
    private(set) var isAccepted = false
    /// Media can flow.
    var isConnected: Bool
    /// What a WHIP or WHEP server, or the way to it, last said against the stream; for people.
    var reason: String?

    private let schedule: RetrySchedule
    /// When the call was made.
    private let began: MonotonicTime
    /// Since when it has been without what it asks for.
    private var since: MonotonicTime
    private var attempts = 0
    /// Since when the stream has been flowing; nil while it has not since the last failure.
    private var flowingSince: MonotonicTime?
    /// When the server may be asked again after a failure that may pass.
    private var notBefore: MonotonicTime

    init(isConnected: Bool, schedule: RetrySchedule, now: MonotonicTime) {
        self.isConnected = isConnected
        self.schedule = schedule
        began = now
        since = now
        notBefore = now
    }

    /// Milliseconds since the call.
    func elapsedMs(at now: MonotonicTime) -> Double { now.milliseconds(since: began) }

    /// Whether the server is to be asked (again).
    func isDue(now: MonotonicTime) -> Bool { !isAccepted && now >= notBefore }

    /// When the window ends, or ``isDue(now:)`` may become true before that.
    func deadline(now: MonotonicTime) -> MonotonicTime {
        let end = since.advanced(byNanoseconds: schedule.windowNanoseconds)
        return !isAccepted && notBefore > now ? min(notBefore, end) : end
    }

    func isExhausted(now: MonotonicTime) -> Bool {
        now.nanoseconds(since: since) >= schedule.windowNanoseconds
    }

    /// The server has taken the stream.
    mutating func accepted() {
        isAccepted = true
        reason = nil
    }

    /// Nothing is asked for any more.
    mutating func ended() { isAccepted = false }

    /// What failed before counts no more.
    mutating func succeeded() { attempts = 0 }

    /// The stream flows; from when on counts once.
    mutating func flows(since time: MonotonicTime?) { flowingSince = flowingSince ?? time }

    /// From now on the window counts.
    mutating func restartWindow(now: MonotonicTime) { since = now }

    /// A failure that may pass: the server is asked again by the schedule.
    mutating func failed(now: MonotonicTime, random: inout RandomSource) {
        attempts += 1
        notBefore = now.advanced(byNanoseconds: pause(before: attempts, now: now, random: &random))
    }

    /// The session on which the stream was taken is gone: the server may be asked at once.
    mutating func forgotten(now: MonotonicTime) {
        isAccepted = false
        notBefore = now
    }

    /// A WHIP or WHEP session ended, or there is none to be had. What follows is ``askAgain``, with the answer.
    ///
    /// - Returns: whether it had lasted: such a one is begun anew at once; what breaks again and again is not.
    mutating func lost(reason: String, now: MonotonicTime) -> Bool {
        self.reason = reason
        isAccepted = false
        isConnected = false
        let hasLasted = flowingSince.map { now.nanoseconds(since: $0) >= EndpointTimes.lasting } ?? false
        flowingSince = nil
        if hasLasted { attempts = 0 }
        return hasLasted
    }

    /// The next attempt after a session that was lost.
    ///
    /// - Parameter pause: nanoseconds that the server wishes to be left alone for; nil: the schedule says.
    mutating func askAgain(hasLasted: Bool, pause: Int64?, now: MonotonicTime, random: inout RandomSource) {
        let scheduled = self.pause(before: attempts + (hasLasted ? 0 : 1), now: now, random: &random)
        attempts += 1
        notBefore = now.advanced(byNanoseconds: pause ?? scheduled)
    }

    /// The machine has other addresses: what waits is tried at once.
    mutating func networkChanged(now: MonotonicTime) { notBefore = min(notBefore, now) }

    private func pause(before attempt: Int, now: MonotonicTime, random: inout RandomSource) -> Int64 {
        schedule.pause(before: attempt, elapsed: now.nanoseconds(since: since), random: &random)
    }
}
