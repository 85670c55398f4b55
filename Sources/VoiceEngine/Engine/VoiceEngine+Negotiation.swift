import Logging
import NIOCore
import RoomModel
import Transport

// The transport and its sections: what streams want is brought to the server one offer at a time.
extension VoiceEngine {
    /// How long an ICE restart may take before the next one is tried.
    private static var recoverySeconds: Int64 { 6 }

    /// Right after the first login, before anybody asks to publish or play.
    func openTransport() {
        guard !isTransportWanted else { return }
        isTransportWanted = true
        negotiationWanted = true
        iceState = "checking"
        performMedia(mediaRecovery.start(now: .now()))
        negotiateIfNeeded()
    }

    /// The session, and with it the server's end of the transport, is gone.
    func closeTransport() {
        let now = MonotonicTime.now()
        let wasConnected = isMediaConnected
        transportNumber += 1
        isTransportWanted = false
        isTransportOpen = false
        isTransportBroken = false
        isMediaConnected = false
        iceRestartWanted = false
        iceState = "new"
        path = nil
        if wasConnected { _ = mediaRecovery.lost(now: now) }
        var events: [EngineEvent] = []
        for token in roomPublishers {
            events += publishers[token]?.forgotten(now: now) ?? []
            events += publishers[token]?.disconnected(now: now) ?? []
        }
        for token in roomPlayers {
            events += players[token]?.forgotten(now: now) ?? []
            events += players[token]?.disconnected(now: now) ?? []
        }
        tell(events)
        Task { await media.close(.rooms) }
    }

    // MARK: Negotiating

    /// Starts a negotiation when something waits for one and nothing stands in the way.
    func negotiateIfNeeded() {
        guard isTransportWanted, isEstablished, negotiatingTransport != transportNumber else { return }
        let now = MonotonicTime.now()
        let isNeeded =
            negotiationWanted || iceRestartWanted
            || publishers.values.contains { isServed($0.roomID) && $0.needsNegotiation(now: now) }
            || players.values.contains { isServed($0.roomID) && $0.needsNegotiation(now: now) }
        guard isNeeded else { return }
        let number = transportNumber
        negotiatingTransport = number
        Task {
            await self.negotiate(number)
            if self.negotiatingTransport == number { self.negotiatingTransport = nil }
            self.negotiateIfNeeded()
        }
    }

    /// False for what goes to no room.
    private func isServed(_ roomID: RoomID?) -> Bool { roomID.map(roomsOnSession.contains) ?? false }

    /// The publishers of rooms, in the order of their calls.
    private var roomPublishers: [UInt64] { publishers.keys.sorted().filter { publishers[$0]?.roomID != nil } }

    /// The players of rooms, in the order of their calls.
    private var roomPlayers: [UInt64] { players.keys.sorted().filter { players[$0]?.roomID != nil } }

    private func negotiate(_ number: UInt64) async {
        var asked: [SectionDemand] = []
        let restart = iceRestartWanted
        do {
            if !isTransportOpen {
                let isLoopback = connection?.reachesLoopback ?? false
                let configured = ICEServer(urls: configuration.stunServers)
                let servers = await ICEServerResolver.resolve([configured] + iceServers)
                guard number == transportNumber else { return }
                try await media.open(
                    .rooms, peer: "the room server", stunServers: servers.stun, turnServers: servers.turn,
                    includesLoopback: isLoopback)
                guard number == transportNumber else { return }
                isTransportOpen = true
            }
            negotiationWanted = false
            iceRestartWanted = false
            asked = demands()
            let offer = try await media.makeOffer(.rooms, for: asked, restartICE: restart)
            guard number == transportNumber else { return }
            let tracks = asked.compactMap { track($0, offer) }
            let answer = try await request(
                NegotiateRequest(sdp: offer.sdp, tracks: tracks), repeats: true, timeoutSeconds: 15)
            guard number == transportNumber else { return }
            try await media.apply(.rooms, answer: answer.sdp)
            guard number == transportNumber else { return }
            take(answer.tracks, asked, offer)
            guard !answer.iceServers.isEmpty else { return }
            iceServers = answer.iceServers
            await media.update(ICEServerResolver.credentials(iceServers))
        } catch {
            guard number == transportNumber else { return }
            logger.warning("negotiating failed: \(error)")
            await media.rollBackOffer(.rooms)
            guard number == transportNumber else { return }
            iceRestartWanted = iceRestartWanted || restart
            negotiationFailed(asked, (error as? ZegoError)?.code.number ?? ZegoErrorCode.roomInnerError.number)
        }
    }

    private func demands() -> [SectionDemand] {
        let publishing = publishers.sorted { $0.key < $1.key }
            .filter { !$0.value.isFinal && isServed($0.value.roomID) }
            .map { token, publisher in
                SectionDemand(
                    token: token, streamID: publisher.streamID,
                    use: .publish(
                        channel: publisher.channel.index,
                        stereo: audioConfig(channel: publisher.channel).channels == .stereo))
            }
        let playing = players.sorted { $0.key < $1.key }
            .filter { !$0.value.isFinal && isServed($0.value.roomID) }
            .map { token, player in
                SectionDemand(
                    token: token, streamID: player.streamID, use: .play(slot: player.slot, isHeld: player.isHeld))
            }
        return publishing + playing
    }

    private func track(_ demand: SectionDemand, _ offer: MediaOffer) -> NegotiatedTrack? {
        guard let mid = offer.mids[demand.token] else { return nil }
        if let publisher = publishers[demand.token], let roomID = publisher.roomID {
            return NegotiatedTrack(
                mid: mid,
                use: .publish(
                    streamID: publisher.streamID, roomID: roomID,
                    extraInfo: publisher.isAcceptedByServer
                        ? .none : extraInfo(ofNew: demand.token, publisher.channel)))
        }
        // Stopped while the offer was made: the next negotiation frees the section.
        guard let player = players[demand.token], let roomID = player.roomID else { return nil }
        return NegotiatedTrack(mid: mid, use: .play(streamID: player.streamID, roomID: roomID))
    }

    private func take(_ outcomes: [TrackOutcome], _ asked: [SectionDemand], _ offer: MediaOffer) {
        let now = MonotonicTime.now()
        let byMid = Dictionary(outcomes.map { ($0.mid, $0) }, uniquingKeysWith: { $1 })
        var events: [EngineEvent] = []
        for demand in asked {
            guard let mid = offer.mids[demand.token], let outcome = byMid[mid] else { continue }
            let code = outcome.errorCode
            if code == .success {
                events += publishers[demand.token]?.accepted() ?? []
                announceExtraInfo(demand.token)
                events += players[demand.token]?.accepted() ?? []
            } else {
                events += publishers[demand.token]?.refused(code.number, now: now, random: &random) ?? []
                events += players[demand.token]?.refused(code.number, now: now, random: &random) ?? []
            }
        }
        tell(events)
        startPublishersAudio()
        releaseEnded()
    }

    /// The whole negotiation came to nothing: those who wait for it try again by their schedule, and where nobody waits
    /// the transport itself does.
    private func negotiationFailed(_ asked: [SectionDemand], _ code: Int) {
        let now = MonotonicTime.now()
        var events: [EngineEvent] = []
        for demand in asked {
            if publishers[demand.token]?.isAcceptedByServer == false {
                events += publishers[demand.token]?.refused(code, now: now, random: &random) ?? []
            }
            if players[demand.token]?.isAcceptedByServer == false {
                events += players[demand.token]?.refused(code, now: now, random: &random) ?? []
            }
        }
        tell(events)
        releaseEnded()
        if !isMediaConnected { performMedia(mediaRecovery.failed(now: now, random: &random)) }
    }

    // MARK: Recovering

    /// Carries out what the recovery of the media path decides. Giving up is left to the streams, whose windows end alike.
    func performMedia(_ action: Reconnection.Action?) {
        guard action == .attempt else {
            armTimer()
            return
        }
        mediaAttempt += 1
        let attempt = mediaAttempt
        if isTransportBroken {
            logger.notice("the transport is of no use any more: starting a new session")
            connection?.abort()
            forgetSession()
        } else if isTransportOpen {
            restartICE()
        }
        eventLoop.scheduleTask(in: .seconds(Self.recoverySeconds)) { [weak self] in
            self?.assumeIsolated { engine in
                guard attempt == engine.mediaAttempt, !engine.isMediaConnected else { return }
                engine.performMedia(engine.mediaRecovery.failed(now: .now(), random: &engine.random))
            }
        }
        armTimer()
    }

    /// Finds a path anew; media stays on the old one until there is another.
    func restartICE() {
        iceRestartWanted = true
        negotiateIfNeeded()
    }

    /// What the media thread told of the transport to the room server.
    func mediaEvent(_ event: MediaEvent) {
        let now = MonotonicTime.now()
        switch event {
        case .connected:
            guard isTransportOpen, !isMediaConnected else { return }
            isMediaConnected = true
            iceState = "connected"
            mediaRecovery.succeeded()
            var events: [EngineEvent] = []
            for token in roomPublishers { events += publishers[token]?.connected() ?? [] }
            for token in roomPlayers { players[token]?.connected(now: now) }
            tell(events)
            startPublishersAudio()
        case .disconnected:
            mediaLost("disconnected", now)
        case .failed(let reason):
            logger.notice("media: \(reason)")
            mediaLost("failed", now)
        case .closed(let reason):
            guard isTransportOpen else { return }
            logger.notice("media: \(reason)")
            isTransportBroken = true
            // Who is put out loses his transport with the session: the word of it may be on its way still.
            mediaLost("closed", now, pause: 1_000_000_000)
        case .path(let local, let remote, let transport):
            guard isTransportOpen else { return }
            path = (local, remote, transport)
            logger.info("media goes \(local) -> \(remote) by \(transport.rawValue)")
            remember()
        case .streamFailed(let remote, let reason):
            logger.info("the connection to \(remote): \(reason)")
        case .candidate(let line):
            post(CandidateRequest(candidate: line))
        case .firstSent(let token, let time):
            tell(publishers[token]?.firstFrameSent(now: time) ?? [])
        case .receiving(let token, let time):
            tell(players[token]?.received(at: time) ?? [])
        case .networkChanged:
            logger.notice("the machine's addresses have changed")
            networkChanged()
        }
    }

    /// - Parameter pause: nanoseconds before the path is tried anew.
    private func mediaLost(_ state: String, _ now: MonotonicTime, pause: Int64 = 0) {
        guard isTransportOpen else { return }
        iceState = state
        guard isMediaConnected else {
            // An attempt that has failed for good need not be waited for.
            if state != "disconnected" { performMedia(mediaRecovery.failed(now: now, random: &random)) }
            remember()
            return
        }
        isMediaConnected = false
        var events: [EngineEvent] = []
        for token in roomPublishers { events += publishers[token]?.disconnected(now: now) ?? [] }
        for token in roomPlayers { events += players[token]?.disconnected(now: now) ?? [] }
        tell(events)
        performMedia(mediaRecovery.lost(now: now, pause: pause))
    }
}
