import Transport

/// Candidates and ICE restarts that travel as fragments after the answer (RFC 9725, sections 4.3.2 and 4.3.3), without a
/// new offer.
extension PeerConnection {
    // MARK: At the server

    /// Takes a fragment of the peer. New credentials in it are an ICE restart: this side makes new ones too, returned with
    /// all its candidates; the old ones are served until the peer nominates with the new. Else its candidates are added
    /// and nil is returned.
    ///
    /// Only for the answering server, after its first answer (else ``PeerConnectionError/wrongState``). A section that the
    /// connection does not have is ``PeerConnectionError/unknownSection(mid:)``; then nothing has changed.
    package func apply(_ fragment: SDPFragment, now: MonotonicTime) throws(PeerConnectionError) -> SDPFragment? {
        guard configuration.role == .server, let known = remoteCredentials, receivedOffer == nil, !hasEnded else {
            throw .wrongState
        }
        for section in fragment.sections where !slots.contains(where: { $0.writtenMid == section.mid }) {
            throw .unknownSection(mid: section.mid)
        }
        guard !fragment.iceLite else { throw .unsupported(reason: "both sides are ICE-lite") }
        let credentials = fragment.credentials ?? known
        let isRestart = credentials != known
        if isRestart {
            ice.restart()
            remoteCredentials = credentials
            ice.setRemote(credentials, isLite: false, now: now)
        }
        for line in fragment.candidates {
            if let candidate = ICECandidate(line) { ice.addRemoteCandidate(candidate, now: now) }
        }
        settle(now: now)
        return isRestart ? localFragment : nil
    }

    // MARK: At the client

    /// Begins an ICE restart by fragment: new credentials, with all candidates known. Media stays on the old path until
    /// ``applyRestart(_:now:)`` has brought a new one.
    ///
    /// Only for a client after the first offer and answer (else ``PeerConnectionError/wrongState``).
    package func restartICE() throws(PeerConnectionError) -> SDPFragment {
        guard configuration.role == .client, remoteCredentials != nil, pendingOffer == nil, receivedOffer == nil,
            !hasEnded
        else { throw .wrongState }
        ice.restart()
        return localFragment
    }

    /// Takes the server's reply to ``restartICE()``: its new credentials and candidates.
    package func applyRestart(_ fragment: SDPFragment, now: MonotonicTime) throws(PeerConnectionError) {
        guard configuration.role == .client, fullAgent?.current.remote == nil, remoteCredentials != nil, !hasEnded
        else { throw .wrongState }
        guard let credentials = fragment.credentials else {
            throw .unsupported(reason: "the fragment has no a=ice-ufrag and a=ice-pwd")
        }
        remoteCredentials = credentials
        ice.setRemote(credentials, isLite: fragment.iceLite || fullAgent?.remoteIsLite == true, now: now)
        for line in fragment.candidates { addRemoteCandidate(line, now: now) }
        settle(now: now)
    }

    /// The restart will not be answered: the old credentials count again.
    package func rollBackRestart() {
        ice.rollbackRestart()
    }

    /// Candidates found after the description that would have held them, for the server.
    ///
    /// - Parameter isComplete: there will be no more.
    package func fragment(candidates: [String], isComplete: Bool) -> SDPFragment {
        var fragment = localFragment
        guard !fragment.sections.isEmpty else { return fragment }
        fragment.sections[0].candidates = candidates
        fragment.sections[0].endOfCandidates = isComplete
        return fragment
    }

    /// This side's ICE lines; the options are those of ``addTransport(to:setup:)``.
    private var localFragment: SDPFragment {
        let accepted = slots.filter { !$0.isRejected }
        var fragment = SDPFragment(credentials: ice.localCredentials)
        fragment.iceLite = configuration.role == .server
        if configuration.role == .client { fragment.iceOptions = ["trickle"] }
        for slot in accepted {
            guard let mid = slot.writtenMid else { continue }
            fragment.sections.append(
                SDPFragment.Section(kind: slot.kind, transportProtocol: AudioFormats.transportProtocol, mid: mid))
        }
        let candidates = ice.localCandidates.filter { $0.kind != .peerReflexive }.map(\.line)
        if !fragment.sections.isEmpty {
            fragment.sections[0].candidates = candidates
            fragment.sections[0].endOfCandidates = ice.isGatheringComplete
        }
        return fragment
    }
}
