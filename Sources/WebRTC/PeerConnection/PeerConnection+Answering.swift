import RTP
import Transport

/// The answering side (RFC 8829, section 5.3).
extension PeerConnection {
    /// Checks an offer and tells what it has; nothing changes before ``answer(_:now:)``. A second offer replaces the
    /// first.
    package func applyOffer(_ sdp: String, now: MonotonicTime) throws(PeerConnectionError) -> [OfferedSection] {
        guard pendingOffer == nil else { throw .wrongState }
        let offer = try Self.parse(sdp)
        guard !offer.media.isEmpty else { throw .unsupported(reason: "the offer has no section") }
        guard offer.media.count <= Self.maximumSections else { throw .tooManySections }
        guard offer.media.count >= slots.count else { throw .unsupported(reason: "the offer lacks sections of before") }
        let mids = try mids(of: offer)
        let bundled = Set(offer.bundledMids)
        let isBundled = !bundled.isEmpty
        var sections: [OfferedSection] = []
        for (index, media) in offer.media.enumerated() {
            // Without BUNDLE only one section can share the transport.
            let hasTransport =
                isBundled ? bundled.contains(mids[index]) : !sections.contains { $0.isUsable }
            sections.append(
                OfferedSection(
                    index: index, mid: mids[index], kind: media.kind, direction: offer.direction(of: media),
                    isUsable: media.kind == "audio" && !media.isRejected && hasTransport && media.opus != nil
                        && media.transportProtocol.hasSuffix("RTP/SAVPF") && media.rtcpMux,
                    offersRED: media.opus.flatMap { media.red(over: $0.payloadType) } != nil,
                    streamID: media.streamID))
        }
        guard let tagged = taggedSection(of: offer, mids: mids, sections: sections) else {
            throw .unsupported(reason: "no section is audio with Opus, rtcp-mux and UDP/TLS/RTP/SAVPF")
        }
        let transport = offer.transport(of: offer.media[tagged])
        let (credentials, _) = try checkTransport(transport)
        if configuration.role == .server {
            guard !offer.iceLite else { throw .unsupported(reason: "both sides are ICE-lite") }
            guard transport.setup != .passive else { throw .unsupported(reason: "both sides are passive in DTLS") }
        }
        guard transport.setup != .holdconn else { throw .unsupported(reason: "a=setup:holdconn") }
        receivedOffer = ReceivedOffer(
            description: offer, sections: sections, mids: mids, transport: transport, credentials: credentials,
            isBundled: isBundled)
        return sections
    }

    /// The mids of an offer, made up where there are none, checked against those of before.
    private func mids(of offer: SessionDescription) throws(PeerConnectionError) -> [String] {
        var mids: [String] = []
        for (index, media) in offer.media.enumerated() {
            let mid = media.mid ?? (slots.indices.contains(index) ? slots[index].negotiated.mid : "section\(index)")
            guard !mids.contains(mid) else { throw .unsupported(reason: "two sections have the mid \(mid)") }
            if slots.indices.contains(index), !slots[index].isRejected {
                guard slots[index].negotiated.mid == mid, slots[index].kind == media.kind else {
                    throw .unsupported(reason: "section \(index) was \(slots[index].negotiated.mid), is now \(mid)")
                }
            }
            mids.append(mid)
        }
        return mids
    }

    /// The section whose transport counts: the first of the bundle, else the first that is usable.
    private func taggedSection(of offer: SessionDescription, mids: [String], sections: [OfferedSection]) -> Int? {
        guard sections.contains(where: \.isUsable) else { return nil }
        for mid in offer.bundledMids {
            if let index = mids.firstIndex(of: mid), !offer.media[index].isRejected,
                offer.transport(of: offer.media[index]).iceUfrag != nil
            {
                return index
            }
        }
        return sections.firstIndex(where: \.isUsable)
    }

    /// Answers the offer of ``applyOffer(_:now:)`` and puts the agreement into force.
    ///
    /// - Parameter decisions: by mid; sections without one become inactive, unusable ones are refused in any case. What
    ///   the offer's direction does not allow becomes inactive.
    package func answer(_ decisions: [String: SectionDecision], now: MonotonicTime) throws(PeerConnectionError)
        -> String
    {
        guard let offer = receivedOffer else { throw .wrongState }
        // The roles of an association that is under way stay (RFC 8842, section 5.3).
        let isActive =
            dtls.map { $0.role == .active } ?? (configuration.role == .client && offer.transport.setup != .active)
        try setUpDTLS(active: isActive, fingerprints: offer.transport.fingerprints)
        receivedOffer = nil
        for section in offer.sections { agree(section, of: offer, decision: decisions[section.mid] ?? .inactive) }
        // Somebody has to carry the bundle.
        if slots.allSatisfy(\.isRejected), let index = offer.sections.firstIndex(where: \.isUsable) {
            agree(offer.sections[index], of: offer, decision: .inactive)
        }
        demultiplexer.update(sections)

        if remoteCredentials == nil {
            // The offerer controls, unless it is lite (RFC 8445, section 6.1.1).
            fullAgent?.switchRole(isControlling: offer.description.iceLite)
        } else if remoteCredentials != offer.credentials {
            ice.restart()
        }
        remoteCredentials = offer.credentials
        ice.setRemote(offer.credentials, isLite: offer.description.iceLite, now: now)
        addCandidates(of: offer.description.media, now: now)

        origin.version += 1
        let text = writeAnswer(to: offer, setup: isActive ? .active : .passive)
        settle(now: now)
        return text
    }

    private func agree(_ section: OfferedSection, of offer: ReceivedOffer, decision: SectionDecision) {
        let media = offer.description.media[section.index]
        var slot = SectionSlot(index: section.index, mid: section.mid, writtenMid: media.mid, kind: section.kind)
        slot.isRejected = !section.isUsable || decision == .reject
        if let opus = media.opus, !slot.isRejected {
            let extensions = offer.description.extensions(of: media)
            take(opus, media, extensions: extensions, into: &slot.negotiated)
            // The answer lists RED first wherever it can be used.
            slot.negotiated.prefersRED = slot.negotiated.redPayloadType != nil
            switch decision {
            case .receive where section.direction.sends:
                slot.negotiated.direction = .recvonly
                slot.negotiated.remoteSSRCs = media.sources.map(\.ssrc)
                slot.negotiated.remoteStreamID = section.streamID
            case .send(let track) where section.direction.receives:
                slot.negotiated.direction = .sendonly
                slot.negotiated.localTrack = track
            default: break
            }
        }
        if slots.indices.contains(section.index) {
            slots[section.index] = slot
        } else {
            slots.append(slot)
        }
    }

    private func writeAnswer(to offer: ReceivedOffer, setup: SDPSetup) -> String {
        var description = SessionDescription(origin: origin)
        description.iceLite = configuration.role == .server
        description.extmapAllowMixed = offer.description.extmapAllowMixed
        let accepted = slots.filter { !$0.isRejected }
        if offer.isBundled {
            let order = offer.description.bundledMids
            let mids = order.filter { mid in accepted.contains { $0.negotiated.mid == mid } }
            description.groups = [SDPGroup(semantics: "BUNDLE", mids: mids)]
        }
        description.attributes = [SDPAttribute("msid-semantic", " WMS *")]
        var needsCandidates = true
        for slot in slots {
            let offered = offer.description.media[slot.negotiated.index]
            guard !slot.isRejected else {
                var refused = MediaDescription(
                    kind: offered.kind, port: 0, transportProtocol: offered.transportProtocol, formats: offered.formats)
                refused.connection = "IN IP4 0.0.0.0"
                refused.mid = slot.writtenMid
                refused.direction = .inactive
                description.media.append(refused)
                continue
            }
            var media = answer(slot.negotiated, mid: slot.writtenMid, offered: offered)
            addTransport(to: &media, setup: setup)
            if needsCandidates {
                addCandidates(to: &media)
                needsCandidates = false
            }
            description.media.append(media)
        }
        return description.write()
    }

    private func answer(_ agreed: NegotiatedSection, mid: String?, offered: MediaDescription) -> MediaDescription {
        var media = audioSection(
            mid: mid, direction: agreed.direction,
            codecs: AudioFormats.codecs(
                opus: agreed.opusPayloadType, red: agreed.redPayloadType, nack: agreed.nack,
                transportFeedback: agreed.transportFeedback,
                receiverEstimate: agreed.receiverEstimate && agreed.direction == .recvonly, track: agreed.localTrack))
        media.transportProtocol = offered.transportProtocol
        media.rtcpReducedSize = offered.rtcpReducedSize
        media.rtcpMuxOnly = offered.rtcpMuxOnly
        media.extensions = AudioFormats.extensions(agreed.extensions)
        media.extmapAllowMixed = offered.extmapAllowMixed
        if let track = agreed.localTrack { add(track, to: &media) }
        return media
    }
}
