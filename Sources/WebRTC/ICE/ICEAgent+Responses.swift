import Transport

/// The answers to our checks (RFC 8445, section 7.2.5).
extension ICEAgent {
    func receiveResponse(_ message: STUNMessage, on tuple: TransportTuple, now: MonotonicTime) -> DropReason? {
        if let path = gatherer.settle(message, on: tuple) {
            if let mapped = message.mappedAddress, let local = local(of: path) {
                addLocalCandidate(.serverReflexive, mapped, base: local)
            }
            announceGathering()
            return nil
        }
        for generation in generations {
            guard let transaction = generation.transaction(message.transactionID) else { continue }
            guard let key = generation.remoteKey, message.hasIntegrity(key) else { return .failedIntegrity }
            // Both ends have to be the ones that were asked (section 7.2.5.2.1).
            guard transaction.tuple == tuple else { return .unexpectedResponse }
            generation.forget(message.transactionID)
            checksAnswered += 1
            if message.messageClass == .success {
                takeSuccess(of: transaction, message, in: generation, now: now)
            } else {
                takeError(of: transaction, message, in: generation, now: now)
            }
            return nil
        }
        return .unexpectedResponse
    }

    private func takeSuccess(
        of transaction: ICETransaction, _ message: STUNMessage, in generation: ICEGeneration, now: MonotonicTime
    ) {
        if transaction.transmissions == 1 {  // Else nobody knows which transmission was answered (Karn).
            roundTripNanoseconds = now.nanoseconds(since: transaction.firstSentAt)
        }
        guard let index = generation.pair(transaction.tuple) else { return }
        if let mapped = message.mappedAddress, transaction.tuple.carrier == .udp,
            let local = local(of: transaction.tuple)
        {
            addLocalCandidate(.peerReflexive, mapped, base: local)
        }
        generation.pairs[index].state = .succeeded
        // A late answer to a plain check does not end the check that nominates the pair.
        if transaction.useCandidate || generation.nominating != transaction.tuple {
            generation.pairs[index].check = nil
        }
        generation.pairs[index].isValidated = true
        if generation.firstSuccessAt == nil { generation.firstSuccessAt = now }
        if generation.selected == transaction.tuple { renewConsent(of: generation, now: now) }
        if transaction.useCandidate, transaction.isControlling, isControlling {
            if transaction.purpose == .check { select(transaction.tuple, of: generation, now: now) }
        } else {
            heedNomination(of: index, in: generation, now: now)
        }
        announcePath()
    }

    private func renewConsent(of generation: ICEGeneration, now: MonotonicTime) {
        guard var consent = generation.consent, !consent.isExpired else { return }
        consent.grantedAt = now
        if consent.unansweredSince != nil { consent.nextCheckAt = nextConsentTime(after: now) }
        consent.unansweredSince = nil
        consent.isDisconnected = false
        generation.consent = consent
    }

    private func takeError(
        of transaction: ICETransaction, _ message: STUNMessage, in generation: ICEGeneration, now: MonotonicTime
    ) {
        guard let index = generation.pair(transaction.tuple) else { return }
        if message.errorCode == STUNErrorCode.roleConflict.rawValue {
            // Section 7.2.5.1: take the other role and ask again, unless that has happened meanwhile.
            if isControlling == transaction.isControlling, !remoteIsLite {
                switchRole(isControlling: !transaction.isControlling)
            }
            generation.pairs[index].state = .waiting
            generation.pairs[index].check = nil
            generation.enqueueTriggered(transaction.tuple)
            scheduleChecks(of: generation, now: now)
        } else if transaction.purpose == .check {
            fail(pair: index, of: generation, now: now)
        }
    }
}
