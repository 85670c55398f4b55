import Transport

/// Candidates and ICE restarts that come as fragments after the answer (RFC 9725, sections 4.3.2 and 4.3.3), without a
/// new offer.
extension PeerConnection {
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

    /// This side's ICE lines; the options are those of ``addTransport(to:setup:)``.
    private var localFragment: SDPFragment {
        let accepted = slots.filter { !$0.isRejected }
        var fragment = SDPFragment(credentials: ice.localCredentials)
        fragment.iceLite = true
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
