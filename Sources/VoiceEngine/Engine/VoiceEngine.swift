import Certificates
import JSONRPC
import Logging
import MediaIO
import NIOCore
import NIOPosix
import RoomModel
import Synchronization
import Transport
import VoiceAudio
import WebRTC

/// The one engine of the daemon: rooms, publishers and players over one session with a room server.
///
/// It lives on an event loop, where the signalling socket lives too, so that what comes from the server, what callers ask
/// and what the media thread tells is dealt with one after the other. What it decides is in values that know neither
/// sockets nor clocks (``Room``, ``Publisher``, ``Player``, ``Reconnection``, ``SignalingSession``); the actor carries
/// out what they answer.
///
/// ```
/// callers ─┐                            ┌─ SignalingConnection ── WebSocket ── room server
///          ├─ VoiceEngine (event loop) ─┼─ EndpointClient ── HTTP ── WHIP and WHEP servers
/// events ──┘        │                   └─ MediaThread (own loop) ── UDP ──── all of them
///                   └─ AudioSystem (helper and realtime thread) ◂── rings ──┘
/// ```
package actor VoiceEngine {
    nonisolated let configuration: EngineConfiguration
    nonisolated let logger: Logger
    nonisolated let eventLoop: any EventLoop
    nonisolated let appID: AppID
    nonisolated let appSign: AppSign
    nonisolated let endpoint: SignalingEndpoint
    nonisolated let audio: AudioSystem
    nonisolated let files: FilesDirectory
    nonisolated let schedule: RetrySchedule
    private nonisolated let sink: @Sendable (EngineEvent) -> UInt64
    /// All that ``snapshot()`` shows but what the audio thread measures.
    nonisolated let memory: Mutex<EngineSnapshot>
    nonisolated let media: MediaThread

    var state = EngineState.created
    var random = RandomSource.system
    var lastSeq: UInt64 = 0

    // Rooms and the session.
    var rooms: [Room] = []
    /// The rooms that the present session is in.
    var roomsOnSession: Set<RoomID> = []
    var session = SignalingSession()
    var reconnection: Reconnection
    var connection: SignalingConnection?
    /// Counts the connections, so that what comes late from an older one is known as such.
    var connectionNumber: UInt64 = 0
    var challenge: Challenge?
    var challengeWaiter: CheckedContinuation<Challenge, any Error>?
    var replies: [Int64: CheckedContinuation<JSONValue, any Error>] = [:]
    /// The ids of logins and resumes: their answers change what the notifications behind them mean.
    var handshakes: Set<Int64> = []
    /// Notifications that came behind such an answer, until that has been dealt with.
    var heldNotifications: [SignalingNotification]?
    /// Rooms that are being entered in the place of others, which the server leaves with it: the new one to the old one.
    var switches: [RoomID: RoomID] = [:]
    /// When rooms are tried again that a session which stands could not enter yet.
    var entering: Reconnection
    /// The session answers on the present connection: requests may go out.
    var isEstablished = false
    var lastHeard = MonotonicTime.zero
    /// What was told of the server's certificate and still holds; told once.
    var certificateTrouble: CertificateRejection?
    var pingIntervalMs = 10_000
    var pingTask: Task<Void, Never>?
    var clockOffset = ClockOffset()

    // The transport.
    var iceServers: [ICEServer] = []
    /// Since the first login of the session.
    var isTransportWanted = false
    var isTransportOpen = false
    /// DTLS is over: only a new session has a new transport.
    var isTransportBroken = false
    /// Counts the transports, so that a negotiation of an older one is known as such.
    var transportNumber: UInt64 = 0
    /// Counts the attempts to bring the path back.
    var mediaAttempt: UInt64 = 0
    var isMediaConnected = false
    var iceState = "new"
    var path: (local: TransportAddress, remote: TransportAddress, transport: NetworkTransport)?
    var mediaRecovery: Reconnection
    var isEnteringRooms = false
    /// The transport that a negotiation is under way for.
    var negotiatingTransport: UInt64?
    var negotiationWanted = false
    var iceRestartWanted = false

    // Streams.
    var publishers: [UInt64: Publisher] = [:]
    var players: [UInt64: Player] = [:]
    /// Counts the calls of startPublishing and startPlaying.
    var nextToken: UInt64 = 1
    var publisherAudio: [UInt64: PublisherAudio] = [:]
    var openFiles: [UInt64: OpenedFile] = [:]
    var reservedChannels: Set<PublishChannel> = []
    var reservedSlots: Set<Int> = []
    /// Slots whose last player is being stopped.
    var stoppingSlots: Set<Int> = []
    /// Ended streams whose sound and section have been let go of.
    var released: Set<UInt64> = []
    /// What those who play our streams were told of the microphone.
    var announcedMicrophones: [UInt64: MicrophoneState] = [:]
    /// What was set for the streams of the channels, and what the server was told of it.
    var streamExtraInfos: [PublishChannel: StreamExtraInfo] = [:]
    var announcedExtraInfos: [UInt64: StreamExtraInfo] = [:]
    var scenario: Scenario
    var processing: ProcessingSettings
    var recordings: [RunningRecording] = []
    var audioConfigs: [PublishChannel: PublishAudioConfig] = [:]
    /// The last of the audio system's jobs: each waits for the one before it.
    var audioTail: Task<Void, Never>?
    var mutedChannels: Set<PublishChannel> = []
    var muteAllPlayers = false
    var allPlayersVolume = 100
    var captureVolume = 100

    // WHIP and WHEP, by the tokens of the streams.
    var endpoints: [UInt64: EndpointCredentials] = [:]
    var endpointSessions: [UInt64: RunningEndpoint] = [:]
    /// Counts the sessions.
    var nextEndpoint: UInt64 = 1
    /// Streams whose server takes no candidates after the offer.
    var fullyGathering: Set<UInt64> = []
    var endpointClient: EndpointClient?

    // Figures.
    var soundLevelTask: Task<Void, Never>?
    var figuresTask: Task<Void, Never>?
    var figures = QualityFigures()

    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 1
    var timer: Scheduled<Void>?
    var destruction: Task<Void, Never>?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        eventLoop.executor.asUnownedSerialExecutor()
    }

    /// Makes the engine; nothing turns before ``start()``.
    ///
    /// - Parameter events: gets every event in order, on the engine's event loop, and answers its sequence number (of a
    ///   volatile one, that of the last reliable event). Must not block.
    ///
    /// Throws what keeps an engine from being at all: 1001000 to 1001003 for an application that is none, 1000017 and
    /// 1000010 for a server URL, 1000017 for device names and parameters.
    package init(
        configuration: EngineConfiguration, logger: Logger, events: @escaping @Sendable (EngineEvent) -> UInt64
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.sink = events
        eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        appID = try AppID(configuration.appID)
        appSign = try AppSign(hexadecimal: configuration.appSign)
        endpoint = try SignalingEndpoint(url: configuration.server)
        files = FilesDirectory(path: configuration.filesDirectory)
        schedule = RetrySchedule(windowSeconds: configuration.retryWindowSeconds)
        reconnection = Reconnection(schedule: schedule)
        mediaRecovery = Reconnection(schedule: schedule)
        entering = Reconnection(schedule: schedule)
        scenario = configuration.scenario
        processing = configuration.processing(of: configuration.scenario)
        let relay = EventRelay<AudioEvent>()
        do {
            audio = try AudioSystem(configuration: configuration.audioConfiguration) { relay.forward($0) }
        } catch {
            throw ZegoError(audio: error)
        }
        let mediaRelay = EventRelay<(TransportID, MediaEvent)>()
        media = try MediaThread(audio: audio, judge: configuration.trust.judgeOfRelays) {
            mediaRelay.forward(($0, $1))
        }
        memory = Mutex(EngineSnapshot(configuration: configuration))
        relay.connect { [weak self, eventLoop] event in
            eventLoop.execute { [weak self] in self?.assumeIsolated { $0.audioEvent(event) } }
        }
        mediaRelay.connect { [weak self, eventLoop] transport, event in
            eventLoop.execute { [weak self] in self?.assumeIsolated { $0.mediaEvent(event, of: transport) } }
        }
    }

    /// Opens the sound devices and starts the threads: `engine-state` created, then running. A device that does not open is
    /// no failure: there is silence in its place, an event and ``snapshot()`` say so.
    package func start() async throws {
        guard state == .created else { return }
        tell([.engineState(state: .created, errorCode: 0)])
        do {
            try await media.start()
        } catch {
            throw ZegoError(.engineNotStarted, detail: "the media thread: \(error)")
        }
        do {
            try await audio.start()
        } catch {
            await media.stop()
            throw ZegoError(audio: error)
        }
        state = .running
        tell([.engineState(state: .running, errorCode: 0)])
        startFigures()
    }

    /// Leaves all rooms, stops all, releases devices and sockets; answers when that is done. The engine is of no use
    /// afterwards; a second call waits for the first.
    package func destroy() async -> CallResult {
        if let destruction {
            await destruction.value
            return CallResult(lastSeq: lastSeq)
        }
        let task = Task { await release() }
        destruction = task
        await task.value
        return CallResult(lastSeq: lastSeq)
    }

    private func release() async {
        let wasRunning = state == .running
        endStreamsOfEndpoints()
        if let logout = leaveRooms(rooms.map(\.roomID)) { await logout.value }
        await endpointsEnd(Array(endpointSessions.keys))
        await endpointClient?.shutdown()
        state = .stopped
        soundLevelTask?.cancel()
        figuresTask?.cancel()
        timer?.cancel()
        await audioTail?.value
        await endRecordings()
        await audio.stop()
        await media.stop()
        failWaiters(ZegoError(.engineNotCreated))
        if wasRunning { tell([.engineState(state: .stopped, errorCode: 0)]) }
        state = .destroyed
        tell([.engineState(state: .destroyed, errorCode: 0)])
    }

    /// Refuses what comes after `destroy`.
    func checkAlive() throws(ZegoError) {
        guard state == .created || state == .running, destruction == nil else { throw ZegoError(.engineNotCreated) }
        guard state == .running else { throw ZegoError(.engineNotStarted) }
    }

    // MARK: Events

    /// Brings holds and snapshot up to date, tells the events in order, and lets those go who waited for this.
    func tell(_ events: [EngineEvent]) {
        holdMutedPlayers()
        remember()
        for event in events {
            log(event)
            lastSeq = sink(event)
        }
        memory.withLock { $0.lastSeq = lastSeq }
        checkWaiters()
        armTimer()
    }

    private func log(_ event: EngineEvent) {
        guard !event.isVolatile else { return }
        logger.debug("\(event.name) \(event.fields)")
    }

    /// A misuse or an internal failure worth a log line and an event.
    func debugError(_ code: Int, _ function: String, _ info: String) {
        logger.warning("\(function): \(info)", metadata: ["ERROR_CODE": "\(code)"])
        tell([.debugError(code: code, function: function, info: info)])
    }
}
