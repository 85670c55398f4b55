import Transport

// The media path of a session: lost, looked for anew by ICE restarts, given up.
extension EndpointSession {
    /// Media can flow.
    package mutating func mediaConnected(now: MonotonicTime) {
        isConnected = true
        wasConnected = true
        connectBy = .distantFuture
        lostSince = nil
        restartAt = .distantFuture
    }

    /// The path has gone silent.
    package mutating func mediaDisconnected(now: MonotonicTime) -> [EndpointAction] {
        isConnected = false
        guard phase == .established else { return [] }
        if lostSince == nil { lostSince = now }
        return restart(now: now)
    }

    /// There is no path (any more).
    package mutating func mediaFailed(reason: String, now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established else { return [] }
        guard wasConnected else { return giveUp(reason, now) }
        isConnected = false
        guard lostSince == nil else { return [] }
        lostSince = now
        return restart(now: now)
    }

    /// The server has ended the transport.
    package mutating func mediaClosed(reason: String, now: MonotonicTime) -> [EndpointAction] {
        isConnected = false
        guard phase == .established || phase == .applying else { return [] }
        return giveUp(reason, now)
    }

    /// The machine has other addresses: a path from one of them is looked for, while the old one carries on.
    package mutating func networkChanged(now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established, wasConnected else { return [] }
        return restart(now: now)
    }

    /// Whether the server could be asked for an ICE restart.
    private var canRestart: Bool { resource != nil && !refusesRestart }

    /// When a session without a path is given up: soon where nothing can be done for it but to wait.
    var giveUpAt: MonotonicTime {
        guard let lostSince else { return .distantFuture }
        return lostSince.advanced(
            byNanoseconds: canRestart ? EndpointTimes.patience : EndpointTimes.patience / 3)
    }

    private mutating func restart(now: MonotonicTime) -> [EndpointAction] {
        guard canRestart else {
            restartAt = .distantFuture
            return watchPath(now: now)
        }
        restartAt = lostSince == nil ? .distantFuture : now.advanced(byNanoseconds: EndpointTimes.restart)
        inFlight = nil
        fragmentPurpose = .restart
        return [.restartICE]
    }

    /// Does what is due without a path.
    mutating func watchPath(now: MonotonicTime) -> [EndpointAction] {
        if !isConnected, now >= connectBy {
            return giveUp(
                "no media path to the server within \(EndpointTimes.connecting / 1_000_000_000) s", now)
        }
        if now >= giveUpAt { return giveUp("the media path to the server is lost", now) }
        return now >= restartAt ? restart(now: now) : []
    }

    /// The server could not be asked for a restart.
    mutating func restartFailed(reason: String, isRefused: Bool, now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established else { return [] }
        if isRefused, lostSince != nil {
            // Neither media nor HTTP: the server is down, and its sessions with it.
            resource = nil
            return [.rollBackRestart] + giveUp(reason, now)
        }
        restartAt = lostSince == nil ? .distantFuture : now.advanced(byNanoseconds: EndpointTimes.restartRetry)
        return [.rollBackRestart]
    }

    /// The server's side of a restart was of no use.
    package mutating func restartNotApplied(now: MonotonicTime) -> [EndpointAction] {
        guard phase == .established else { return [] }
        refusesRestart = true
        restartAt = .distantFuture
        return [.rollBackRestart] + watchPath(now: now)
    }

    /// Ends this session, so that another one can be tried.
    mutating func giveUp(_ reason: String, _ now: MonotonicTime) -> [EndpointAction] {
        leave(.postponed(reason: reason, pause: nil, isWaiting: false))
    }
}
