import Transport

/// The peer's checks (RFC 8445, section 7.3) and what dispatches every STUN message.
extension ICEAgent {
    package func receive(_ message: STUNMessage, on tuple: TransportTuple, now: MonotonicTime) -> DropReason? {
        defer { handleTimeout(now: now) }
        guard message.method == STUNMessage.binding else { return .malformedSTUN }
        switch message.messageClass {
        case .request: return receiveRequest(message, on: tuple, now: now)
        case .indication: return nil  // A keepalive.
        case .success, .error: return receiveResponse(message, on: tuple, now: now)
        }
    }

    private func receiveRequest(_ message: STUNMessage, on tuple: TransportTuple, now: MonotonicTime) -> DropReason? {
        guard let username = message.username else { return .malformedSTUN }
        guard
            let generation = generations.first(where: { generation in
                let ufrag = generation.localUfrag
                return username.count > ufrag.count && username[ufrag.count] == UInt8(ascii: ":")
                    && username.starts(with: ufrag)
            })
        else { return .unknownUsername }
        guard message.hasIntegrity(generation.localKey) else { return .failedIntegrity }
        guard let local = local(of: tuple) else { return .unvalidatedPath }
        checksReceived += 1
        if let unknown = message.unknownAttribute {
            let content = OutgoingSTUN.Content.error(
                generation.localKey, .unknownAttribute, unknownAttribute: unknown)
            outgoing.append(OutgoingSTUN(transactionID: message.transactionID, path: tuple, content: content))
            return nil
        }
        guard settleRoles(message) else {
            let content = OutgoingSTUN.Content.error(generation.localKey, .roleConflict, unknownAttribute: 0)
            outgoing.append(OutgoingSTUN(transactionID: message.transactionID, path: tuple, content: content))
            return nil
        }
        outgoing.append(
            OutgoingSTUN(transactionID: message.transactionID, path: tuple, content: .success(generation.localKey)))
        takeCheck(message, on: tuple, local: local, of: generation, now: now)
        return nil
    }

    /// Resolves a role conflict (RFC 8445, section 7.3.1.1); false if the peer is to change its role.
    private func settleRoles(_ message: STUNMessage) -> Bool {
        if isControlling, let theirs = message.controllingTieBreaker {
            if tieBreaker >= theirs || remoteIsLite { return false }
            switchRole(isControlling: false)
        } else if !isControlling, let theirs = message.controlledTieBreaker {
            if tieBreaker < theirs { return false }
            switchRole(isControlling: true)
        }
        return true
    }

    /// Learns the peer's candidate, triggers a check of the pair, and heeds a nomination (sections 7.3.1.3–7.3.1.5).
    private func takeCheck(
        _ message: STUNMessage, on tuple: TransportTuple, local: ICELocalAddress, of generation: ICEGeneration,
        now: MonotonicTime
    ) {
        if generation.pair(tuple) == nil {
            let candidate = ICECandidate(
                kind: .peerReflexive, transport: local.peer == nil ? .udp : .tcpPassive, foundation: "prflx",
                priority: message.priority ?? 0, address: tuple.remote)
            _ = generation.addRemoteCandidate(candidate)
            generation.formPair(local, candidate)
        }
        guard let index = generation.pair(tuple) else { return }
        generation.pairs[index].isValidated = true
        if !message.useCandidate {
            generation.pairs[index].wasCheckedPlainly = true
        } else if !isControlling {
            generation.pairs[index].nominatedByPeerAt = now
        }
        if generation.pairs[index].state == .succeeded {
            heedNomination(of: index, in: generation, now: now)
        } else {
            generation.enqueueTriggered(tuple)
            scheduleChecks(of: generation, now: now)
        }
    }

    /// Selects a working pair that the peer has nominated. The last nomination counts; but of an agent that nominates
    /// whatever it checks (RFC 5245's aggressive way) the best pair that it has asked for within the last second.
    func heedNomination(of index: Int, in generation: ICEGeneration, now: MonotonicTime) {
        guard !isControlling, generation.pairs[index].nominatedByPeerAt != nil else { return }
        let pair = generation.pairs[index]
        if !pair.wasCheckedPlainly, let selected = generation.selected, selected != pair.tuple,
            let known = generation.pair(selected),
            let asked = generation.pairs[known].nominatedByPeerAt, generation.pairs[known].state == .succeeded,
            now < asked.advanced(byMilliseconds: 1000),
            generation.pairs[known].priority(isControlling: false) > pair.priority(isControlling: false)
        {
            return
        }
        select(pair.tuple, of: generation, now: now)
    }
}
