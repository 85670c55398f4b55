import RTP
import RoomModel
import Synchronization
import Transport
import WebRTC

/// Offer and answer, and what follows from them for streams.
extension ForwardingWorker {
    /// Answers an offer. `tracks` names everything that is wanted afterwards; what a section was used for before and is
    /// not named any more has ended.
    func negotiate(
        _ handle: ForwarderSession, offer: String, tracks: [TrackRequest]
    ) throws(ForwarderError) -> NegotiationResult {
        guard let session = session(handle) else { throw .noSuchSession }
        let now = MonotonicTime.now()
        do {
            let sections = try session.connection.applyOffer(offer, now: now)
            var results: [TrackResult] = []
            var decisions: [String: SectionDecision] = [:]
            var wanted: [String: TrackRequest.Use] = [:]
            for track in tracks {
                let failure = Self.check(track, sections, taken: wanted[track.mid] != nil)
                results.append(TrackResult(mid: track.mid, failure: failure, isLive: isLive(track)))
                guard failure == nil else { continue }
                wanted[track.mid] = track.use
                decisions[track.mid] = decision(for: track, session)
            }
            let answer = try session.connection.answer(decisions, now: now)
            apply(wanted, decisions, to: session)
            register(session)
            settle(session, now: now)
            schedule(session)
            finishBatch()
            return NegotiationResult(answer: answer, tracks: results)
        } catch {
            throw Self.translate(error)
        }
    }

    /// Takes candidates, or restarts ICE without a new offer: then the session is found by its new ufrag too.
    func apply(_ fragment: SDPFragment, to handle: ForwarderSession) throws(ForwarderError) -> SDPFragment? {
        guard let session = session(handle) else { throw .noSuchSession }
        let now = MonotonicTime.now()
        let reply: SDPFragment?
        do {
            reply = try session.connection.apply(fragment, now: now)
        } catch {
            throw Self.translate(error)
        }
        register(session)
        settle(session, now: now)
        schedule(session)
        finishBatch()
        return reply
    }

    /// Only of use where the lite agent would ever send first; kept so that signalling need not know that.
    func addCandidate(_ handle: ForwarderSession, _ candidate: String) {
        guard let session = session(handle) else { return }
        let now = MonotonicTime.now()
        session.connection.addRemoteCandidate(candidate, now: now)
        settle(session, now: now)
        schedule(session)
        finishBatch()
    }

    func unpublish(_ handle: ForwarderSession, _ key: StreamKey) {
        guard let session = session(handle) else { return }
        for publication in Array(session.publications.values) where publication.route.key == key {
            remove(publication, of: session)
        }
    }

    func stopPlay(_ handle: ForwarderSession, _ key: StreamKey) {
        guard let session = session(handle) else { return }
        let ending = session.subscriptions.values.filter { $0.route.key == key }
        sayGoodbye(to: session, for: ending)
        for subscription in ending { remove(subscription, of: session) }
        finishBatch()
    }

    // MARK: Decisions

    private static func check(
        _ track: TrackRequest, _ sections: [OfferedSection], taken: Bool
    ) -> TrackResult.Failure? {
        guard !taken, let section = sections.first(where: { $0.mid == track.mid }), section.isUsable else {
            return .noSuchSection
        }
        switch track.use {
        case .publish: return section.direction.sends ? nil : .wrongDirection
        // An inactive section is a play on hold.
        case .play: return section.direction.receives || !section.direction.sends ? nil : .wrongDirection
        }
    }

    private func isLive(_ track: TrackRequest) -> Bool {
        guard case .play(let key) = track.use else { return false }
        let route = shared.directory.acquire(key)
        defer { shared.directory.release(route) }
        return route.isLive.load(ordering: .relaxed)
    }

    private func decision(for track: TrackRequest, _ session: PeerSession) -> SectionDecision {
        switch track.use {
        case .publish:
            return .receive
        case .play(let key):
            // The same use of a section keeps its SSRC, another gets a new one.
            let current = session.subscriptions[track.mid].flatMap { $0.route.key == key ? $0.ssrc : nil }
            return .send(
                LocalTrack(
                    ssrc: current ?? session.makeSSRC(using: &random), streamID: key.stream.rawValue,
                    cname: session.canonicalName, stereo: true))
        }
    }

    private static func translate(_ error: PeerConnectionError) -> ForwarderError {
        switch error {
        case .syntax(let error): .faultyOffer(reason: "\(error)")
        case .unsupported(let reason): .faultyOffer(reason: reason)
        case .tooManySections:
            .faultyOffer(reason: "more than \(PeerConnection.maximumSections) sections")
        case .unknownSection(let mid): .faultyOffer(reason: "no section has the mid \(mid)")
        case .wrongState: .internalFailure(reason: "the connection does not expect an offer")
        }
    }

    // MARK: Streams

    private func apply(
        _ wanted: [String: TrackRequest.Use], _ decisions: [String: SectionDecision], to session: PeerSession
    ) {
        var sections: [String: NegotiatedSection] = [:]
        for section in session.connection.sections { sections[section.mid] = section }
        for publication in Array(session.publications.values)
        where wanted[publication.mid] != .publish(publication.route.key) {
            remove(publication, of: session)
        }
        let ending = session.subscriptions.values.filter { wanted[$0.mid] != .play($0.route.key) }
        sayGoodbye(to: session, for: ending)
        for subscription in ending { remove(subscription, of: session) }
        for (mid, use) in wanted {
            guard let section = sections[mid] else { continue }
            switch use {
            case .publish(let key): publish(key, section, session)
            case .play(let key):
                guard case .send(let track) = decisions[mid] else { continue }
                play(key, section, track, session)
            }
        }
        let wantsArrivals = session.publications.values.contains {
            $0.extensions[.transportSequenceNumber] != nil && sections[$0.mid]?.transportFeedback == true
        }
        if wantsArrivals, session.arrivals == nil { session.arrivals = TransportArrivalRecorder() }
        if !wantsArrivals { session.arrivals = nil }
    }

    private func publish(_ key: StreamKey, _ section: NegotiatedSection, _ session: PeerSession) {
        if let publication = session.publications[section.index] {
            publication.update(section)
        } else {
            session.publications[section.index] = Publication(
                route: shared.directory.acquire(key), section: section)
        }
    }

    private func play(
        _ key: StreamKey, _ section: NegotiatedSection, _ track: LocalTrack, _ session: PeerSession
    ) {
        if let subscription = session.subscriptions[section.mid] {
            subscription.update(section)
            updateTally(for: subscription)
            makeRoom(of: session)
            return
        }
        let route = shared.directory.acquire(key)
        let subscription = Subscription(
            session: session, route: route, section: section, ssrc: track.ssrc,
            firstSequenceNumber: UInt16.random(in: 0..<0x4000, using: &random),
            timestampOffset: UInt32.random(in: 0...UInt32.max, using: &random))
        session.subscriptions[section.mid] = subscription
        session.subscriptionsBySSRC[track.ssrc] = subscription
        let group: ListenerGroup
        if let existing = groups[route.number] {
            group = existing
        } else {
            group = ListenerGroup(route: route)
            groups[route.number] = group
        }
        group.add(subscription)
        updateTally(of: route)
        route.addInterest(ofWorker: index)
        makeRoom(of: session)
    }

    func remove(_ publication: Publication, of session: PeerSession) {
        session.publications[publication.section] = nil
        publication.route.end(source: publication.source)
        shared.directory.release(publication.route)
    }

    func remove(_ subscription: Subscription, of session: PeerSession) {
        session.subscriptions[subscription.mid] = nil
        session.subscriptionsBySSRC[subscription.ssrc] = nil
        let route = subscription.route
        if let group = groups[route.number] {
            group.remove(subscription)
            if group.subscriptions.isEmpty {
                groups[route.number] = nil
                route.removeInterest(ofWorker: index)
            }
            updateTally(of: route)
        }
        shared.directory.release(route)
    }

    /// Makes the session found by its present ufrags.
    private func register(_ session: PeerSession) {
        for ufrag in session.connection.localUfrags {
            guard let key = UfragKey(ufrag), session.ufrags.insert(key).inserted else { continue }
            byUfrag[key] = session
        }
    }
}
