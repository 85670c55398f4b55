import RTP
import Transport

/// The offering side (RFC 8829, sections 5.2 and 5.11).
extension PeerConnection {
    /// A section for a new use: an inactive one is taken over, else an m-line is added. Returns its mid; the change is
    /// negotiated by the next offer.
    ///
    /// - Throws: ``PeerConnectionError/tooManySections``
    package func addSection(_ use: SectionUse) throws(PeerConnectionError) -> String {
        if use != .inactive, let index = slots.firstIndex(where: { $0.use == .inactive && $0.kind == "audio" }) {
            slots[index].use = use
            return slots[index].negotiated.mid
        }
        guard slots.count < Self.maximumSections else { throw .tooManySections }
        let mid = unusedMid()
        var slot = SectionSlot(index: slots.count, mid: mid, writtenMid: mid, kind: "audio")
        slot.use = use
        slots.append(slot)
        return mid
    }

    /// Changes the use of a section. ``SectionUse/inactive`` frees it for ``addSection(_:)``.
    ///
    /// - Throws: ``PeerConnectionError/unknownSection(mid:)``
    package func setSection(_ mid: String, _ use: SectionUse) throws(PeerConnectionError) {
        guard let index = slots.firstIndex(where: { $0.negotiated.mid == mid }) else {
            throw .unknownSection(mid: mid)
        }
        slots[index].use = use
    }

    private func unusedMid() -> String {
        let used = Set(slots.map(\.negotiated.mid))
        var number = slots.count
        while used.contains(String(number)) { number += 1 }
        return String(number)
    }

    /// An offer for all sections as they are wanted now. Called again before the answer, it replaces the first offer.
    ///
    /// - Parameter restartICE: new ICE credentials; media stays on the old path until a new one works.
    /// - Throws: ``PeerConnectionError/unsupported(reason:)`` if there is no section.
    package func createOffer(restartICE: Bool = false) throws(PeerConnectionError) -> String {
        guard configuration.role == .client else { throw .unsupported(reason: "a server answers, it does not offer") }
        guard !slots.isEmpty else { throw .unsupported(reason: "an offer needs a section") }
        if restartICE { ice.restart() }
        origin.version += 1
        var description = SessionDescription(origin: origin)
        description.extmapAllowMixed = true
        description.groups = [SDPGroup(semantics: "BUNDLE", mids: slots.map(\.negotiated.mid))]
        description.attributes = [SDPAttribute("msid-semantic", " WMS *")]
        description.media = slots.map(offer)
        addCandidates(to: &description.media[0])
        pendingOffer = PendingOffer(description: description, uses: slots.map(\.use))
        return description.write()
    }

    private func offer(_ slot: SectionSlot) -> MediaDescription {
        let agreed = slot.negotiated
        var track: LocalTrack?
        var direction = MediaDirection.inactive
        switch slot.use {
        case .inactive, .hold: break
        case .publish(let published):
            track = published
            direction = .sendonly
        case .play: direction = .recvonly
        }
        var media = audioSection(
            mid: agreed.mid, direction: direction,
            codecs: AudioFormats.codecs(
                opus: agreed.opusPayloadType, red: AudioFormats.redPayloadType, nack: true, transportFeedback: true,
                receiverEstimate: track != nil, track: track))
        media.extensions = AudioFormats.extensions(AudioFormats.offeredExtensions)
        media.extmapAllowMixed = true
        // Also once DTLS is under way (RFC 8842, section 5.3).
        addTransport(to: &media, setup: .actpass)
        if let track { add(track, to: &media) }
        return media
    }

    /// Gives up an offer that was not answered.
    package func rollbackOffer() {
        pendingOffer = nil
        ice.rollbackRestart()
    }

    /// Applies the answer to the last offer.
    ///
    /// - Throws: the state is as before; the offer still waits for an answer.
    package func applyAnswer(_ sdp: String, now: MonotonicTime) throws(PeerConnectionError) {
        guard let offer = pendingOffer else { throw .wrongState }
        let answer = try Self.parse(sdp)
        guard answer.media.count == offer.description.media.count else {
            throw .unsupported(reason: "the answer has \(answer.media.count) sections, the offer \(offer.uses.count)")
        }
        for (offered, answered) in zip(offer.description.media, answer.media) {
            guard answered.mid == nil || answered.mid == offered.mid, answered.kind == offered.kind else {
                throw .unsupported(reason: "the sections of the answer are not those of the offer")
            }
            guard answered.isRejected || answered.opus != nil else {
                throw .unsupported(reason: "section \(offered.mid ?? "") was answered without Opus")
            }
        }
        let accepted = answer.media.filter { !$0.isRejected }
        guard let tagged = accepted.first else { throw .unsupported(reason: "the answer refuses every section") }
        let bundled = answer.bundledMids
        guard accepted.count == 1 || accepted.allSatisfy({ $0.mid.map(bundled.contains) ?? false }) else {
            throw .unsupported(reason: "the answer does not bundle its sections")
        }
        let transport = answer.transport(of: tagged)
        let (credentials, fingerprints) = try checkTransport(transport)
        guard [.active, .passive, nil].contains(transport.setup) else {
            throw .unsupported(reason: "an answer's a=setup is active or passive")
        }
        if let known = remoteCredentials, known != credentials, !isRestartPending {
            throw .unsupported(reason: "the answer restarts ICE, the offer did not")
        }

        // An answer without a word of it means passive (RFC 4145, section 4).
        try setUpDTLS(active: transport.setup != .active, fingerprints: fingerprints)
        pendingOffer = nil
        for index in slots.indices {
            agree(slot: index, use: offer.uses[index], answered: answer.media[index], of: answer)
        }
        demultiplexer.update(sections)
        remoteCredentials = credentials
        ice.setRemote(credentials, isLite: answer.iceLite, now: now)
        addCandidates(of: accepted, now: now)
        settle(now: now)
    }

    /// Whether the last offer of ours carries new ICE credentials.
    private var isRestartPending: Bool { fullAgent?.current.remote == nil }

    private func agree(slot index: Int, use: SectionUse, answered: MediaDescription, of answer: SessionDescription) {
        slots[index].isRejected = answered.isRejected
        var agreed = slots[index].negotiated
        let peer = answered.isRejected ? .inactive : answer.direction(of: answered)
        agreed.localTrack = nil
        agreed.remoteSSRCs = []
        agreed.remoteStreamID = nil
        switch use {
        case .publish(let track) where peer.receives:
            agreed.direction = .sendonly
            agreed.localTrack = track
        case .play where peer.sends:
            agreed.direction = .recvonly
            agreed.remoteSSRCs = answered.sources.map(\.ssrc)
            agreed.remoteStreamID = answered.streamID
        default:
            agreed.direction = .inactive
        }
        if let opus = answered.opus, !answered.isRejected {
            let offered = agreed.opusPayloadType
            take(opus, answered, extensions: answer.extensions(of: answered), into: &agreed)
            // Each side receives under the numbers of its own description (RFC 3264, section 6.1), but not all heed that.
            agreed.otherOpusPayloadType = offered == opus.payloadType ? agreed.otherOpusPayloadType : offered
        }
        slots[index].negotiated = agreed
    }

    /// Takes over what the peer's section says of formats and extensions.
    func take(
        _ opus: SDPCodec, _ section: MediaDescription, extensions: [SDPHeaderExtension],
        into agreed: inout NegotiatedSection
    ) {
        let red = section.red(over: opus.payloadType)
        agreed.opusPayloadType = opus.payloadType
        agreed.redPayloadType = red?.payloadType
        let firstAudio = section.codecs.first { $0.isOpus || $0.isRED }
        agreed.prefersRED = red != nil && firstAudio?.payloadType == red?.payloadType
        agreed.opus = OpusParameters(formatParameters: opus.formatParameters ?? "")
        agreed.nack = opus.feedback.contains("nack")
        agreed.transportFeedback = opus.feedback.contains("transport-cc")
        agreed.receiverEstimate = opus.feedback.contains("goog-remb")
        agreed.extensions = AudioFormats.map(extensions)
    }
}
