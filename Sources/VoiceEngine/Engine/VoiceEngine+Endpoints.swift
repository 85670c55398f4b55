import Certificates
import Logging
import NIOCore
import RoomModel
import Transport
import WebRTC

// WHIP and WHEP: streams that go to no room. They need no login, and no logout ends them.
extension VoiceEngine {
    /// Begins a session for every publisher and player of an endpoint that waits for one.
    func serveEndpoints() {
        guard state == .running, destruction == nil else { return }
        let now = MonotonicTime.now()
        for (token, publisher) in publishers.sorted(by: { $0.key < $1.key }) where publisher.whip != nil {
            guard publisher.needsNegotiation(now: now) else { continue }
            let stereo = audioConfig(channel: publisher.channel).channels == .stereo
            begin(
                token, .whip, wasServed: publisher.wasTaken,
                SectionDemand(
                    token: token, streamID: publisher.streamID,
                    use: .publish(channel: publisher.channel.index, stereo: stereo)))
        }
        for (token, player) in players.sorted(by: { $0.key < $1.key }) where player.whep != nil {
            guard player.needsNegotiation(now: now) else { continue }
            begin(
                token, .whep, wasServed: player.wasServed,
                SectionDemand(
                    token: token, streamID: player.streamID, use: .play(slot: player.slot, isHeld: false)))
        }
    }

    private func begin(_ token: UInt64, _ kind: EndpointKind, wasServed: Bool, _ demand: SectionDemand) {
        guard endpointSessions[token] == nil, let credentials = endpoints[token] else { return }
        let number = nextEndpoint
        nextEndpoint += 1
        let session = EndpointSession(
            kind: kind, credentials: credentials, wasServed: wasServed, gathersFully: fullyGathering.contains(token))
        endpointSessions[token] = RunningEndpoint(number: number, demand: demand, session: session)
        step(token, number) { session, _ in session.start() }
    }

    /// A publisher or player is over: its session says goodbye.
    func stopEndpoint(_ token: UInt64) {
        endpoints[token] = nil
        fullyGathering.remove(token)
        guard let number = endpointSessions[token]?.number else { return }
        step(token, number) { session, _ in session.stop() }
    }

    /// Waits until the sessions of these streams have said goodbye, or the time for it is over.
    func endpointsEnd(_ tokens: [UInt64]) async {
        let limit = Double(EndpointTimes.goodbye) / 1e9 + 0.5
        try? await wait(seconds: limit) { engine in
            tokens.allSatisfy { engine.endpointSessions[$0] == nil } ? .success(()) : nil
        }
    }

    // MARK: The session

    /// Tells a session what happened, unless it is over, and does what it answers.
    private func step(
        _ token: UInt64, _ number: UInt64, _ change: (inout EndpointSession, MonotonicTime) -> [EndpointAction]
    ) {
        guard var running = endpointSessions[token], running.number == number else {
            Task { await media.close(.endpoint(number)) }
            return
        }
        let actions = change(&running.session, .now())
        endpointSessions[token] = running
        for action in actions { perform(action, token, running) }
        armTimer()
    }

    private func perform(_ action: EndpointAction, _ token: UInt64, _ running: RunningEndpoint) {
        let number = running.number
        let transport = TransportID.endpoint(number)
        switch action {
        case .open: Task { await self.open(token, running) }
        case .offer:
            Task {
                do {
                    let offer = try await media.makeOffer(transport, for: [running.demand], restartICE: false)
                    step(token, number) { $0.described(offer.sdp, isComplete: offer.isComplete, now: $1) }
                } catch {
                    step(token, number) { $0.notOpened(reason: Self.reason(error), now: $1) }
                }
            }
        case .send(let request): Task { await self.send(request, token, number) }
        case .apply(let answer):
            Task {
                do {
                    try await media.apply(transport, answer: answer)
                    step(token, number) { $0.applied(now: $1) }
                } catch {
                    step(token, number) { $0.notApplied(reason: Self.reason(error), now: $1) }
                }
            }
        case .answer(let offer): Task { await self.answer(offer, token, running) }
        case .use(let servers): Task { await self.use(servers, transport) }
        case .makeFragment(let candidates, let isComplete):
            Task {
                let fragment = try? await media.withConnection(transport) { connection, _ in
                    connection.fragment(candidates: candidates, isComplete: isComplete).write()
                }
                step(token, number) { $0.made(fragment: fragment, now: $1) }
            }
        case .addCandidates(let text):
            Task {
                try? await media.withConnection(transport) { connection, now in
                    for line in try SDPFragment(text).candidates { connection.addRemoteCandidate(line, now: now) }
                }
            }
        case .restartICE:
            Task {
                let fragment = try? await media.withConnection(transport) { connection, _ in
                    try connection.restartICE().write()
                }
                step(token, number) { $0.restarting(fragment: fragment, now: $1) }
            }
        case .applyRestart(let text):
            Task {
                do {
                    try await media.withConnection(transport) { connection, now in
                        try connection.applyRestart(SDPFragment(text), now: now)
                    }
                } catch {
                    logger.notice("ICE restart with \(running.session.origin): \(Self.reason(error))")
                    step(token, number) { $0.restartNotApplied(now: $1) }
                }
            }
        case .rollBackRestart:
            Task { try? await media.withConnection(transport) { connection, _ in connection.rollBackRestart() } }
        case .accepted:
            tell((publishers[token]?.accepted() ?? []) + (players[token]?.accepted() ?? []))
            startPublishersAudio()
        case .close: Task { await media.close(transport) }
        case .end(let outcome): ended(token, outcome)
        }
    }

    private func open(_ token: UInt64, _ running: RunningEndpoint) async {
        do {
            try await openTransport(running)
            step(token, running.number) { $0.opened(now: $1) }
        } catch {
            step(token, running.number) { $0.notOpened(reason: Self.reason(error), now: $1) }
        }
    }

    private func openTransport(_ running: RunningEndpoint) async throws {
        let isLoopback = await HostAddresses.reachesLoopback(running.session.host)
        let servers = await ICEServerResolver.resolve([ICEServer(urls: configuration.stunServers)])
        try await media.open(
            .endpoint(running.number), peer: running.session.origin, stunServers: servers.stun,
            turnServers: servers.turn, includesLoopback: isLoopback)
    }

    private func answer(_ offer: String, _ token: UInt64, _ running: RunningEndpoint) async {
        do {
            // The offer that was not wanted goes with its transport.
            try await openTransport(running)
            let answer = try await media.answer(.endpoint(running.number), offer: offer, for: running.demand)
            step(token, running.number) { $0.described(answer.sdp, isComplete: answer.isComplete, now: $1) }
        } catch {
            step(token, running.number) { $0.notApplied(reason: Self.reason(error), now: $1) }
        }
    }

    private func use(_ servers: [LinkedICEServer], _ transport: TransportID) async {
        let found = await ICEServerResolver.resolve(
            servers.map { ICEServer(urls: [$0.url], username: $0.username, credential: $0.credential) })
        await media.use(transport, stunServers: found.stun, turnServers: found.turn)
    }

    private func send(_ request: EndpointRequest, _ token: UInt64, _ number: UInt64) async {
        let client = endpointClient ?? makeEndpointClient()
        endpointClient = client
        do throws(EndpointFailure) {
            let response = try await client.send(request)
            logger.debug("\(request) answered \(response.status)")
            step(token, number) { $0.received(response, to: request.number, now: $1) }
        } catch {
            logger.debug("\(request): \(error.reason)")
            step(token, number) {
                $0.failed(request.number, reason: error.reason, isRefused: error.isRefused, now: $1)
            }
        }
    }

    private func makeEndpointClient() -> EndpointClient {
        let authorities: [[UInt8]] =
            if case .authorities(let trusted) = configuration.trust { trusted.map(\.der) } else { [] }
        return EndpointClient(userAgent: "zegod/\(configuration.version)", authorities: authorities)
    }

    /// A session is over; whether another one follows is the stream's affair.
    private func ended(_ token: UInt64, _ outcome: EndpointOutcome) {
        guard let running = endpointSessions.removeValue(forKey: token) else { return }
        let now = MonotonicTime.now()
        if running.session.refusesCandidates, !running.session.wasConnected { fullyGathering.insert(token) }
        var events: [EngineEvent] = []
        switch outcome {
        case .stopped: break
        case .postponed(let reason, let pause, let isWaiting):
            logger.notice(
                "\(running.session.kind.name) with \(running.session.origin): \(reason)",
                metadata: ["STREAM_ID": "\(running.demand.streamID)"])
            events += publishers[token]?.postponed(reason: reason, pause: pause, now: now, random: &random) ?? []
            events +=
                players[token]?.postponed(
                    isWaiting: isWaiting, reason: reason, pause: pause, now: now, random: &random) ?? []
        case .refused(let code, let reason):
            logger.warning(
                "\(running.session.kind.name) with \(running.session.origin): \(reason)",
                metadata: ["STREAM_ID": "\(running.demand.streamID)", "ERROR_CODE": "\(code.number)"])
            events += publishers[token]?.failed(code.number, reason: reason) ?? []
            events += players[token]?.failed(code.number, reason: reason) ?? []
        }
        tell(events)
        releaseEnded()
        serveEndpoints()
    }

    /// Why a stream ended; `reason` is what its WHIP or WHEP server, or the way there, said.
    static func error(_ code: Int, _ reason: String?) -> ZegoError {
        let error = ZegoError(number: code, message: "")
        guard let reason else { return error }
        let advice =
            switch error.code {
            case .publishAuthenticationFailed, .playAuthenticationFailed: "check the bearer token"
            case .publishFailed, .playFailed: "check the URL and what its server expects"
            default: error.hint
            }
        return ZegoError(error.code, detail: reason, hint: "\(advice): \(reason)")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case PeerConnectionError.unsupported(let reason): reason
        case PeerConnectionError.syntax(let error): error.description
        case let error as SDPError: error.description
        default: "\(error)"
        }
    }

    // MARK: What happens to sessions

    /// What the media thread told, of whatever transport.
    func mediaEvent(_ event: MediaEvent, of transport: TransportID) {
        guard case .endpoint(let number) = transport else {
            mediaEvent(event)
            return
        }
        guard let token = endpointSessions.first(where: { $0.value.number == number })?.key else { return }
        let now = MonotonicTime.now()
        switch event {
        case .connected:
            step(token, number) { session, now in
                session.mediaConnected(now: now)
                return []
            }
            players[token]?.connected(now: now)
            tell(publishers[token]?.connected(now: now) ?? [])
            startPublishersAudio()
        case .disconnected:
            mediaLost(token, now)
            step(token, number) { $0.mediaDisconnected(now: $1) }
        case .failed(let reason):
            mediaLost(token, now)
            step(token, number) { $0.mediaFailed(reason: reason, now: $1) }
        case .closed(let reason):
            mediaLost(token, now)
            step(token, number) { $0.mediaClosed(reason: reason, now: $1) }
        case .candidate(let line): step(token, number) { $0.found(candidate: line, now: $1) }
        case .firstSent, .receiving, .streamFailed: mediaEvent(event)
        case .path, .networkChanged: break
        }
    }

    private func mediaLost(_ token: UInt64, _ now: MonotonicTime) {
        tell(
            (publishers[token]?.disconnected(now: now) ?? []) + (players[token]?.disconnected(now: now) ?? []))
    }

    /// Time has passed for the sessions.
    func tickEndpoints() {
        for (token, running) in endpointSessions where running.session.deadline <= .now() {
            step(token, running.number) { $0.tick(now: $1) }
        }
        serveEndpoints()
    }

    /// The machine has other addresses: what waits is tried at once, and what stands looks for a path from them.
    func endpointNetworkChanged() {
        let now = MonotonicTime.now()
        for token in publishers.keys where publishers[token]?.whip != nil {
            publishers[token]?.networkChanged(now: now)
        }
        for token in players.keys where players[token]?.whep != nil { players[token]?.networkChanged(now: now) }
        for (token, running) in endpointSessions { step(token, running.number) { $0.networkChanged(now: $1) } }
        serveEndpoints()
    }
}
