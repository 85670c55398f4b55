import Transport

/// What happens without a datagram: pacing, retransmission, nomination, consent, failure.
extension ICEAgent {
    package var deadline: MonotonicTime {
        var deadline = min(min(gatherer.deadline, flow.nextLookAt), reserveDeadline)
        for generation in generations {
            deadline = min(deadline, generation.nextCheckAt)
            for pair in generation.pairs where pair.check != nil { deadline = min(deadline, pair.retransmitAt) }
            if let consent = generation.consent { deadline = min(deadline, consent.deadline(timers)) }
            guard generation.selected == nil || generation.consent?.isDisconnected == true else { continue }
            if let retry = retryTime(of: generation) { deadline = min(deadline, retry) }
            guard generation === current, generation.selected == nil else { continue }
            if isControlling, generation.nominating == nil, let first = generation.firstSuccessAt {
                deadline = min(deadline, first.advanced(byMilliseconds: timers.nominationPatience))
            }
            if let started = generation.startedAt {
                deadline = min(deadline, started.advanced(byMilliseconds: timers.connectTimeout))
            }
        }
        return deadline
    }

    package func handleTimeout(now: MonotonicTime) {
        for question in gatherer.due(now: now) { outgoing.append(question) }
        announceGathering()
        if flow.hasStopped(now: now, silence: timers.suspiciousSilence) {
            for generation in generations { generation.consent?.nextCheckAt = now }
        }
        for generation in generations {
            retryFailedPairs(of: generation, now: now)
            retransmit(in: generation, now: now)
            nominate(in: generation, now: now)
            startChecks(of: generation, now: now)
            checkConsent(of: generation, now: now)
        }
        closeFailedStreams(now: now)
        openReserve(now: now)
        giveUp(now: now)
    }

    // MARK: Checks

    private func pacing(of generation: ICEGeneration) -> Int64 {
        let waiting = generation.pairs.count { $0.state == .waiting } + generation.triggered.count
        return waiting <= 8 ? timers.pacingOfFewPairs : timers.pacing
    }

    /// Sees to it that waiting pairs get their turn; the first one at once.
    func scheduleChecks(of generation: ICEGeneration, now: MonotonicTime) {
        guard generation.nextCheckAt == .distantFuture, generation.hasPairsToCheck else { return }
        let earliest = generation.lastCheckAt?.advanced(byMilliseconds: pacing(of: generation))
        generation.nextCheckAt = max(now, earliest ?? now)
    }

    private func startChecks(of generation: ICEGeneration, now: MonotonicTime) {
        while now >= generation.nextCheckAt {
            generation.nextCheckAt = .distantFuture
            guard generation.remoteKey != nil, let index = generation.takeNextPair(isControlling: isControlling)
            else { return }
            let isNominating = generation.nominating == generation.pairs[index].tuple
            startCheck(of: index, in: generation, useCandidate: isNominating, now: now)
            generation.lastCheckAt = now
            scheduleChecks(of: generation, now: now)
        }
    }

    private func startCheck(of index: Int, in generation: ICEGeneration, useCandidate: Bool, now: MonotonicTime) {
        let id = STUNTransactionID(random: &random)
        let tuple = generation.pairs[index].tuple
        if generation.pairs[index].state != .succeeded { generation.pairs[index].state = .inProgress }
        generation.pairs[index].check = id
        let wait = generation.pairs[index].isTCP ? timers.streamCheckTimeout : timers.retransmission
        generation.pairs[index].retransmitAt = now.advanced(byMilliseconds: wait)
        let transaction = ICETransaction(
            id: id, tuple: tuple, purpose: .check, useCandidate: useCandidate && isControlling,
            isControlling: isControlling, firstSentAt: now)
        generation.remember(transaction)
        send(transaction, of: generation)
    }

    private func send(_ transaction: ICETransaction, of generation: ICEGeneration) {
        guard let key = generation.remoteKey else { return }
        let priority = generation.pair(transaction.tuple).map { generation.pairs[$0].reflexivePriority } ?? 0
        let content = ICECheckContent(
            username: generation.checkUsername, key: key, priority: priority,
            isControlling: transaction.isControlling, tieBreaker: tieBreaker, useCandidate: transaction.useCandidate)
        checksSent += 1
        outgoing.append(
            OutgoingSTUN(transactionID: transaction.id, path: transaction.tuple, content: .check(content)))
    }

    private func retransmit(in generation: ICEGeneration, now: MonotonicTime) {
        for index in generation.pairs.indices {
            guard let id = generation.pairs[index].check, now >= generation.pairs[index].retransmitAt else { continue }
            guard !generation.pairs[index].isTCP, let transaction = generation.countRetransmission(id),
                transaction.transmissions <= timers.transmissions
            else {
                generation.forget(id)
                fail(pair: index, of: generation, now: now)
                continue
            }
            let wait = min(
                timers.retransmission << Int64(min(transaction.transmissions - 1, 16)), timers.maximumRetransmission)
            generation.pairs[index].retransmitAt = now.advanced(byMilliseconds: wait)
            send(transaction, of: generation)
        }
    }

    func fail(pair index: Int, of generation: ICEGeneration, now: MonotonicTime) {
        let hadPath = path != nil
        // Media went that way before it was nominated.
        defer { if hadPath, path == nil { announceTrouble(.disconnected) } }
        generation.pairs[index].state = .failed
        generation.pairs[index].check = nil
        generation.pairs[index].failedAt = now
        if generation.nominating == generation.pairs[index].tuple { generation.nominating = nil }
        if case .stream(let number) = generation.pairs[index].tuple.carrier { failedStreams.append(number) }
        if !generation.pairs.contains(where: { $0.state == .succeeded }) { generation.firstSuccessAt = nil }
    }

    private func retryTime(of generation: ICEGeneration) -> MonotonicTime? {
        generation.pairs.lazy.filter { $0.state == .failed }
            .map { $0.failedAt.advanced(byMilliseconds: Self.retryOfFailedPairs) }.min()
    }

    /// Without a pair that works, failed ones get another chance.
    private func retryFailedPairs(of generation: ICEGeneration, now: MonotonicTime) {
        guard generation.selected == nil || generation.consent?.isDisconnected == true else { return }
        for index in generation.pairs.indices where generation.pairs[index].state == .failed {
            let retryAt = generation.pairs[index].failedAt.advanced(byMilliseconds: Self.retryOfFailedPairs)
            if now >= retryAt { generation.pairs[index].state = .waiting }
        }
        scheduleChecks(of: generation, now: now)
    }

    /// The pair in use is gone or silent: what worked once has to show that it still does.
    func recheckAll(of generation: ICEGeneration, now: MonotonicTime) {
        for index in generation.pairs.indices where generation.pairs[index].tuple != generation.selected {
            generation.pairs[index].state = .waiting
            generation.pairs[index].check = nil
        }
        generation.nominating = nil
        generation.firstSuccessAt = nil
        scheduleChecks(of: generation, now: now)
    }

    // MARK: Nomination

    /// Regular nomination (section 8.1.1): the best working pair, at once when no better one is still being checked,
    /// else after some patience.
    private func nominate(in generation: ICEGeneration, now: MonotonicTime) {
        guard isControlling, generation.nominating == nil,
            let best = generation.bestWorkingPair(isControlling: true)
        else { return }
        let bestPriority = generation.pairs[best].priority(isControlling: true)
        let tuple = generation.pairs[best].tuple
        if let selected = generation.selected {
            guard tuple != selected, let inUse = generation.pair(selected) else {
                nominateInsteadOfSilent(in: generation, now: now)
                return
            }
            guard bestPriority > generation.pairs[inUse].priority(isControlling: true) else { return }
        } else {
            let betterIsPossible = generation.pairs.contains {
                ($0.state == .waiting || $0.state == .inProgress) && $0.priority(isControlling: true) > bestPriority
            }
            let patienceEnds = generation.firstSuccessAt?.advanced(byMilliseconds: timers.nominationPatience)
            if betterIsPossible, let patienceEnds, now < patienceEnds { return }
        }
        startNomination(of: best, in: generation, now: now)
    }

    /// The pair in use does not answer: any other that does (again) takes its place.
    private func nominateInsteadOfSilent(in generation: ICEGeneration, now: MonotonicTime) {
        guard generation.consent?.isDisconnected == true else { return }
        let others = generation.pairs.indices.filter {
            generation.pairs[$0].state == .succeeded && generation.pairs[$0].tuple != generation.selected
        }
        let best = others.max {
            generation.pairs[$0].priority(isControlling: true) < generation.pairs[$1].priority(isControlling: true)
        }
        if let best { startNomination(of: best, in: generation, now: now) }
    }

    private func startNomination(of index: Int, in generation: ICEGeneration, now: MonotonicTime) {
        generation.nominating = generation.pairs[index].tuple
        if let check = generation.pairs[index].check { generation.forget(check) }
        startCheck(of: index, in: generation, useCandidate: true, now: now)
    }

    // MARK: Consent

    private func checkConsent(of generation: ICEGeneration, now: MonotonicTime) {
        guard var consent = generation.consent, !consent.isExpired, let selected = generation.selected else { return }
        if now >= consent.nextCheckAt {
            let transaction = ICETransaction(
                id: STUNTransactionID(random: &random), tuple: selected, purpose: .consent, useCandidate: isControlling,
                isControlling: isControlling, firstSentAt: now)
            generation.remember(transaction)
            send(transaction, of: generation)
            if consent.unansweredSince == nil { consent.unansweredSince = now }
            consent.nextCheckAt = now.advanced(byMilliseconds: timers.consentRetry)
        }
        if let since = consent.unansweredSince, !consent.isDisconnected,
            now >= since.advanced(byMilliseconds: timers.disconnectedAfter)
        {
            consent.isDisconnected = true
            if path == selected { announceTrouble(.disconnected) }
            generation.consent = consent
            recheckAll(of: generation, now: now)
        }
        if now >= consent.grantedAt.advanced(byMilliseconds: timers.consentExpiry) {
            let carriedMedia = path == selected
            consent.isExpired = true
            generation.consent = consent
            if carriedMedia { announceTrouble(.failed(.consentExpired)) }
        }
        generation.consent = consent
    }

    /// No path came of the newest generation, and there is no older one that works.
    private func giveUp(now: MonotonicTime) {
        guard let started = current.startedAt, current.selected == nil,
            now >= started.advanced(byMilliseconds: timers.connectTimeout)
        else { return }
        current.startedAt = nil
        if path == nil { announceTrouble(.failed(.noPath)) }
    }
}
