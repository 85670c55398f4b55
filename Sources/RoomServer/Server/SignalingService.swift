import Logging
import NIOCore
import RoomModel
import Synchronization
import Transport

/// Runs a ``SignalingMachine``: does what it wants done, tells it what happens and what time it is.
///
/// An actor on the event loop of the signalling connections, so that a message is handled where it arrives, in order and
/// without a hop. The media side is asked by one task for each session, so that its calls keep their order too.
actor SignalingService {
    nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    let machine: SignalingMachine
    nonisolated let media: any MediaSide
    private let webhooks: WebhookSender?
    private let limits: ConnectionLimits
    private let logger: Logger

    private var connections: [ConnectionID: WebSocketConnection] = [:]
    private(set) var transports: [SessionID: Transport] = [:]
    /// The sessions of WHIP and WHEP clients, and requests that wait for the answer to their offer.
    var resources: [SessionID: Resource] = [:]
    var resourceWaiters: [SessionID: CheckedContinuation<Result<MediaAnswer, ZegoError>, Never>] = [:]
    private var lastConnection: UInt64 = 0
    private var census = ConnectionCensus()
    private var tickIsScheduled = false
    private var isPerforming = false
    /// Clients are asked to go elsewhere, and nobody new is let in.
    private(set) var isDraining = false
    private var drainEnd: Scheduled<Void>?
    private var isStopping = false
    private nonisolated let sharedCounts = Mutex(RoomServerCounts())

    /// A session's line to the media side.
    struct Transport {
        let commands: AsyncStream<MediaCommand>.Continuation
        let task: Task<Void, Never>
    }

    /// How often the machine is told the time.
    private static let tickMs: Int64 = 250

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        eventLoop: any EventLoop, settings: SignalingSettings, limits: ConnectionLimits, apps: AppStore,
        media: any MediaSide, webhooks: WebhookSender? = nil, logger: Logger
    ) {
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        self.limits = limits
        self.media = media
        self.webhooks = webhooks
        self.logger = logger
        machine = SignalingMachine(
            settings: settings, random: .system, credentials: { apps.credentials($0) },
            wallClock: { UnixTime.milliseconds() }, serverClock: { ServerClock.milliseconds() })
    }

    // MARK: Connections (called on the event loop)

    /// Whether a connection from this address may come in; then it is counted until ``left(_:isStranger:)``.
    func admit(_ address: String) -> Bool {
        !isStopping && census.admit(address, limits)
    }

    /// A connection of this address logged in, or logged out again.
    func becameStranger(_ isStranger: Bool, _ address: String) {
        census.becameStranger(isStranger, address)
    }

    /// A connection of this address is gone.
    func left(_ address: String, isStranger: Bool) {
        census.left(address, isStranger: isStranger)
    }

    /// A WebSocket was opened.
    func opened(_ channel: any Channel) -> ConnectionID {
        lastConnection += 1
        let id = ConnectionID(lastConnection)
        connections[id] = WebSocketConnection(channel: channel)
        machine.open(id, address: channel.remoteAddress?.ipAddress ?? "", now: .now())
        perform()
        return id
    }

    /// A text frame came.
    func received(_ connection: ConnectionID, _ text: [UInt8]) {
        machine.receive(connection, text: text, now: .now())
        perform()
    }

    /// A control frame came.
    func heard(_ connection: ConnectionID) {
        machine.heard(connection, now: .now())
    }

    /// The connection is gone.
    func closed(_ connection: ConnectionID) {
        connections[connection] = nil
        machine.closed(connection, now: .now())
        perform()
    }

    // MARK: Effects

    /// Does what the machine wants done. A write can close its channel at once, which comes back here by ``closed(_:)``:
    /// what follows from that waits for its turn, so that the order is kept.
    func perform() {
        guard !isPerforming else { return }
        isPerforming = true
        while true {
            let effects = machine.takeEffects()
            if effects.isEmpty { break }
            for effect in effects { perform(effect) }
        }
        isPerforming = false
        let counts = machine.counts
        sharedCounts.withLock { $0 = counts }
        scheduleTick()
    }

    private func perform(_ effect: SignalingEffect) {
        switch effect {
        case .send(let connection, let bytes):
            // Taken out first: the dictionary may be changed from within the call.
            let receiver = connections[connection]
            receiver?.send(bytes)
        case .close(let connection, let reason):
            let receiver = connections.removeValue(forKey: connection)
            receiver?.close(reason)
        case .authenticated(let connection, let known):
            let receiver = connections[connection]
            receiver?.setAuthenticated(known)
        case .openTransport(let session): openTransport(session)
        case .closeTransport(let session): transports.removeValue(forKey: session)?.commands.finish()
        case .negotiate(let session, let ticket, let offer, let tracks):
            command(session, .negotiate(ticket: ticket, offer: offer, tracks: tracks))
        case .addCandidate(let session, let candidate, let usernameFragment):
            command(session, .addCandidate(candidate, usernameFragment: usernameFragment))
        case .unpublish(let session, let stream): command(session, .unpublish(stream))
        case .stopPlay(let session, let stream): command(session, .stopPlay(stream))
        case .resourceAnswered(let session, let outcome): resourceAnswered(session, outcome)
        case .resourceEnded(let session): resourceEnded(session)
        case .webhook(let event): webhooks?.assumeIsolated { $0.send(event) }
        case .log(let level, let message, let metadata):
            logger.log(level: level, "\(message)", metadata: metadata)
        }
    }

    private func command(_ session: SessionID, _ command: MediaCommand) {
        transports[session]?.commands.yield(command)
    }

    private func scheduleTick() {
        guard !tickIsScheduled, machine.isActive, !isStopping else { return }
        tickIsScheduled = true
        eventLoop.scheduleTask(in: .milliseconds(Self.tickMs)) { [weak self] in
            self?.assumeIsolated { $0.tick() }
        }
    }

    private func tick() {
        tickIsScheduled = false
        machine.advance(.now())
        perform()
    }

    // MARK: Media

    private func openTransport(_ session: SessionID) {
        let (commands, continuation) = AsyncStream.makeStream(of: MediaCommand.self)
        let media = media
        let events: @Sendable (ForwarderSessionEvent) -> Void = { [weak self, eventLoop] event in
            // By the event loop's queue, which keeps the order that tasks would not.
            guard let self else { return }
            eventLoop.execute { self.assumeIsolated { $0.mediaEvent(session, event) } }
        }
        let task = Task { [weak self] in
            await media.open(session, events: events)
            for await command in commands {
                switch command {
                case .negotiate(let ticket, let offer, let tracks):
                    let outcome: Result<MediaAnswer, ZegoError>
                    do throws(ZegoError) {
                        outcome = .success(try await media.negotiate(session, offer: offer, tracks: tracks))
                    } catch {
                        outcome = .failure(error)
                    }
                    await self?.negotiated(session, ticket: ticket, outcome)
                case .addCandidate(let candidate, let usernameFragment):
                    await media.addCandidate(session, candidate: candidate, usernameFragment: usernameFragment)
                case .apply(let fragment, let reply):
                    do throws(ZegoError) {
                        reply(.success(try await media.apply(session, fragment)))
                    } catch {
                        reply(.failure(error))
                    }
                case .unpublish(let stream): await media.unpublish(session, stream)
                case .stopPlay(let stream): await media.stopPlay(session, stream)
                }
            }
            await media.close(session)
        }
        transports[session] = Transport(commands: continuation, task: task)
    }

    private func negotiated(_ session: SessionID, ticket: UInt64, _ outcome: Result<MediaAnswer, ZegoError>) {
        machine.negotiated(session, ticket: ticket, outcome: outcome, now: .now())
        perform()
    }

    private func mediaEvent(_ session: SessionID, _ event: ForwarderSessionEvent) {
        machine.mediaEvent(session, event, now: .now())
        perform()
    }

    // MARK: Looking in

    /// How many of what there is, without waiting.
    nonisolated var counts: RoomServerCounts { sharedCounts.withLock { $0 } }

    /// The rooms as they are.
    func snapshot() -> RoomServerSnapshot { machine.snapshot }

    /// The Prometheus text of what signalling and the media side counted.
    func metrics() async -> String {
        let forwarding = await media.statistics()
        let counters = await webhooks?.counters
        return Metrics.text(
            counts: machine.counts, signaling: machine.counters, forwarding: forwarding, webhooks: counters)
    }

    // MARK: The console

    /// Puts users out of rooms; see ``SignalingMachine/kick(_:appID:roomID:message:now:)``.
    func kick(_ users: Set<UserID>, appID: AppID?, roomID: RoomID?, message: String?) -> [KickedUser] {
        defer { perform() }
        return machine.kick(users, appID: appID, roomID: roomID, message: message, now: .now())
    }

    /// Puts everybody out of a room, or with nil out of all rooms of an application.
    func closeRoom(_ roomID: RoomID?, appID: AppID?, message: String?) -> [KickedUser] {
        defer { perform() }
        return machine.closeRoom(roomID, appID: appID, message: message, now: .now())
    }

    /// Asks all clients to go elsewhere and lets nobody new in; who is still there at the deadline is put out. Returns how
    /// many sessions there are.
    func beginDraining(deadlineMs: Int64, spreadMs: Int) -> Int {
        defer { perform() }
        isDraining = true
        drainEnd?.cancel()
        drainEnd = eventLoop.scheduleTask(in: .milliseconds(deadlineMs)) { [weak self] in
            self?.assumeIsolated { service in
                service.machine.endAll(now: .now())
                service.perform()
            }
        }
        return machine.drain(spreadMs: spreadMs, now: .now())
    }

    /// Lets clients in again. Who has left comes back by itself.
    func endDraining() {
        drainEnd?.cancel()
        drainEnd = nil
        if !isStopping { isDraining = false }
    }

    // MARK: The end

    /// Closes all connections and transports; clients see a close frame and come back when there is a server again.
    func drain() async {
        isStopping = true
        isDraining = true
        drainEnd?.cancel()
        for connection in connections.values { connection.close(.goingAway) }
        connections = [:]
        let open = transports
        transports = [:]
        for transport in open.values { transport.commands.finish() }
        for transport in open.values { await transport.task.value }
        await webhooks?.stop()
    }
}
