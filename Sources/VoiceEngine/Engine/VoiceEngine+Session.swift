import Certificates
import JSONRPC
import Logging
import NIOCore
import RoomModel
import Transport

// The session with the room server: connecting, resuming, requests.
extension VoiceEngine {
    /// How long the server may take for an answer while a session is being established.
    static var handshakeSeconds: Double { 10 }

    func perform(_ action: Reconnection.Action?) {
        switch action {
        case .attempt:
            connectionNumber += 1
            let number = connectionNumber
            Task { await self.attempt(number) }
        case .giveUp:
            endRooms(rooms.map(\.roomID), streamError: nil) { room in room.failed(.roomRetryTimeout) }
        case nil:
            break
        }
        armTimer()
    }

    /// One attempt to have a session: a connection, and on it the old session or a new one.
    private func attempt(_ number: UInt64) async {
        do {
            let connection = try await SignalingConnection.open(endpoint, trust: configuration.trust, on: eventLoop) {
                [weak self] event in
                self?.assumeIsolated { $0.received(event, on: number) }
            }
            guard number == connectionNumber else {
                connection.abort()
                return
            }
            self.connection = connection
            certificateTrouble = nil
            lastHeard = .now()
            let challenge = try await nextChallenge(number)
            try await resumeOrStartAnew()
            try checkCurrent(number)
            isEstablished = true
            let refusal = try await enterRoomsOrStay(challenge)
            try checkCurrent(number)
            reconnection.succeeded()
            if let refusal { tryEnteringLater(refusal) }
            startPings()
            armTimer()
            negotiateIfNeeded()
        } catch {
            guard number == connectionNumber else { return }
            logger.info("no session with the room server: \(error)")
            abandonConnection()
            tell(rooms.indices.flatMap { rooms[$0].connectionLost() })
            if case SignalingFailure.untrusted(let rejection) = error { isNotTrusted(rejection) }
            perform(reconnection.failed(now: .now(), random: &random))
        }
    }

    /// The server's certificate is not accepted: told once, and logins end at once, since waiting does not mend it. Rooms
    /// that we were in are tried on: there it may be a renewal that is being put right.
    private func isNotTrusted(_ rejection: CertificateRejection) {
        let text = "\(endpoint.authority): \(rejection)"
        if certificateTrouble != rejection {
            certificateTrouble = rejection
            debugError(ZegoErrorCode.connectFailed.number, "loginRoom", text)
        }
        let entering = rooms.filter { $0.reason == .logining }.map(\.roomID)
        guard !entering.isEmpty else { return }
        endRooms(entering, streamError: ZegoErrorCode.connectFailed.number) { room in
            room.failed(.connectFailed, detail: text)
        }
    }

    private func checkCurrent(_ number: UInt64) throws {
        guard number == connectionNumber, connection != nil else { throw SignalingFailure.connectionLost }
    }

    /// The greeting of the connection, which may have come already.
    private func nextChallenge(_ number: UInt64) async throws -> Challenge {
        if let challenge { return challenge }
        let timeout = eventLoop.scheduleTask(in: .seconds(5)) { [weak self] in
            self?.assumeIsolated { engine in
                guard number == engine.connectionNumber else { return }
                engine.challengeWaiter?.resume(throwing: SignalingFailure.unreachable("the server does not greet"))
                engine.challengeWaiter = nil
            }
        }
        defer { timeout.cancel() }
        return try await withCheckedThrowingContinuation { challengeWaiter = $0 }
    }

    /// Goes on with the session of before, if there is one and the server still has it.
    private func resumeOrStartAnew() async throws {
        guard let resume = session.resumeRequest else { return }
        defer { handleHeld() }
        let result: ResumeResult
        do {
            result = try await request(resume, repeats: false, timeoutSeconds: Self.handshakeSeconds)
        } catch let refusal as ZegoError {
            if refusal.code == .loggedInElsewhere {
                endRooms(rooms.map(\.roomID), streamError: refusal.code.number) { room in
                    room.failed(.loggedInElsewhere)
                }
                throw refusal
            }
            if Self.isKick(refusal.code) {
                endRooms(rooms.map(\.roomID), streamError: refusal.code.number) { room in
                    room.kickedOut(refusal.code.number)
                }
                throw refusal
            }
            if Self.mayPass(refusal.code) { throw refusal }
            logger.info("the room server does not know the session any more: \(refusal)")
            forgetSession()
            return
        }
        tell(
            rooms.indices.flatMap { index in
                roomsOnSession.contains(rooms[index].roomID) ? rooms[index].resumed() : []
            })
        for text in session.repetitions { connection?.send(text) }
        for numbered in result.notifications {
            if case .notification(let notification) = session.take(numbered) { handle(notification) }
        }
    }

    // MARK: The connection's events

    private func received(_ event: SignalingConnection.Event, on number: UInt64) {
        guard number == connectionNumber else { return }
        switch event {
        case .closed:
            connectionClosed()
        case .text(let text):
            lastHeard = .now()
            do {
                try take(session.receive(text))
            } catch {
                logger.warning("the room server sent what makes no sense: \(error)")
            }
        }
    }

    private func take(_ incoming: SignalingSession.Incoming) throws {
        switch incoming {
        case .challenge(let challenge):
            self.challenge = challenge
            challengeWaiter?.resume(returning: challenge)
            challengeWaiter = nil
        case .reply(let id, let result):
            guard let waiting = replies.removeValue(forKey: id) else { return }
            // Whoever waits goes on in a later turn; what comes behind the answer must not overtake it.
            if handshakes.remove(id) != nil { heldNotifications = [] }
            waiting.resume(with: result.mapError { ZegoError($0) })
        case .notification(let notification):
            if heldNotifications != nil {
                heldNotifications?.append(notification)
            } else {
                handle(notification)
            }
        case .nothing:
            break
        }
    }

    /// The answer of a login or a resume has been dealt with: now what came behind it.
    func handleHeld() {
        let held = heldNotifications ?? []
        heldNotifications = nil
        for notification in held { handle(notification) }
    }

    private func connectionClosed() {
        let wasConnected = reconnection.state == .connected
        abandonConnection()
        guard wasConnected else { return }
        connectionBroke(pauseMs: 0)
    }

    private func connectionBroke(pauseMs: Int) {
        logger.notice("the connection to the room server broke")
        tell(rooms.indices.flatMap { rooms[$0].connectionLost() })
        perform(reconnection.lost(now: .now(), pause: Int64(pauseMs) * 1_000_000))
    }

    /// The server is draining: away at once, back after a while.
    func comeBack(afterMs pauseMs: Int) {
        guard reconnection.state == .connected else { return }
        connectionNumber += 1
        connection?.close()
        abandonConnection()
        connectionBroke(pauseMs: pauseMs)
    }

    /// Drops the connection; what waits for an answer that only it could bring fails.
    private func abandonConnection() {
        connection?.abort()
        connection = nil
        challenge = nil
        isEstablished = false
        entering.stop()
        pingTask?.cancel()
        pingTask = nil
        challengeWaiter?.resume(throwing: SignalingFailure.connectionLost)
        challengeWaiter = nil
        fail(session.connectionLost(), SignalingFailure.connectionLost)
    }

    private func fail(_ ids: [Int64], _ failure: SignalingFailure) {
        for id in ids {
            handshakes.remove(id)
            replies.removeValue(forKey: id)?.resume(throwing: failure)
        }
    }

    /// The server has lost the session: rooms, sections and transport begin anew on the connection that is there.
    func forgetSession() {
        fail(session.ended(), .sessionEnded)
        handshakes = []
        heldNotifications = nil
        roomsOnSession = []
        switches = [:]
        closeTransport()
    }

    /// Nobody is in a room any more. The task, if any, ends when the connection is closed.
    @discardableResult
    func endSession() -> Task<Void, Never>? {
        reconnection.stop()
        connectionNumber += 1
        let connection = connection
        if isEstablished, let connection {
            // Whatever the server knows of, a login included that it has not answered yet.
            let logout = session.request(LogoutRequest.method, params: LogoutRequest(roomID: nil).json, repeats: false)
            connection.send(logout.text)
        }
        switches = [:]
        self.connection = nil
        abandonConnection()
        forgetSession()
        clockOffset = ClockOffset()
        guard let closed = connection?.close() else { return nil }
        return Task { try? await closed.get() }
    }

    // MARK: Requests

    /// Sends a request and waits for its answer. Throws the server's refusal as a `ZegoError`, or ``SignalingFailure``.
    ///
    /// - Parameter repeats: whether it outlives the connection (and is sent again after a resume).
    func request<Request: SignalingRequest>(
        _ request: Request, repeats: Bool, timeoutSeconds: Double
    ) async throws -> Request.Response {
        guard connection != nil || (repeats && session.sessionID != nil) else { throw SignalingFailure.connectionLost }
        let (id, text) = session.request(Request.method, params: request.json, repeats: repeats)
        if Request.method == LoginRequest.method || Request.method == ResumeRequest.method { handshakes.insert(id) }
        let timeout = eventLoop.scheduleTask(in: .nanoseconds(Int64(timeoutSeconds * 1e9))) { [weak self] in
            self?.assumeIsolated { engine in
                engine.session.abandon(id)
                engine.fail([id], .unreachable("no answer to \(Request.method) within \(timeoutSeconds) s"))
            }
        }
        defer { timeout.cancel() }
        let result: JSONValue = try await withCheckedThrowingContinuation { continuation in
            replies[id] = continuation
            // Without a session on the connection it goes out with the repetitions, after the resume.
            if isEstablished || !repeats { connection?.send(text) }
        }
        do {
            return try Request.Response(json: result)
        } catch {
            throw SignalingFailure.malformed("the answer to \(Request.method): \(error)")
        }
    }

    /// Sends a request whose answer changes nothing; it outlives the connection.
    func post<Request: SignalingRequest>(_ request: Request) {
        guard session.sessionID != nil else { return }
        let (_, text) = session.request(Request.method, params: request.json, repeats: true)
        if isEstablished { connection?.send(text) }
    }

    // MARK: Liveness

    /// Pings at once a few times, for the clocks' offset, then at the interval that the server wishes. A connection on
    /// which nothing comes back is given up.
    private func startPings() {
        pingTask?.cancel()
        let number = connectionNumber
        pingTask = Task {
            var count = 0
            while !Task.isCancelled, number == self.connectionNumber {
                await self.ping()
                count += 1
                let pauseMs = count < 5 ? min(200, self.pingIntervalMs) : self.pingIntervalMs
                try? await Task.sleep(for: .milliseconds(pauseMs))
            }
        }
    }

    private func ping() async {
        let sent = MonotonicTime.now()
        let number = connectionNumber
        do {
            let result = try await request(
                PingRequest(time: Double(sent.nanoseconds) / 1e6), repeats: false, timeoutSeconds: 5)
            clockOffset.add(sent: sent, received: .now(), server: Int64(result.serverTime * 1e6))
            await media.setClockOffset(clockOffset.nanoseconds)
        } catch SignalingFailure.unreachable {
            // Nothing at all has been heard since: the other end is gone, though TCP has not noticed.
            guard number == connectionNumber, lastHeard <= sent else { return }
            connection?.abort()
        } catch {
            logger.debug("ping: \(error)")
        }
    }

    /// The machine has other addresses: what waits is tried at once, and what stands is tested.
    func networkChanged() {
        let now = MonotonicTime.now()
        perform(reconnection.networkChanged(now: now))
        performMedia(mediaRecovery.networkChanged(now: now))
        if isEstablished { Task { await self.ping() } }
        if isTransportOpen { restartICE() }
        endpointNetworkChanged()
    }
}
