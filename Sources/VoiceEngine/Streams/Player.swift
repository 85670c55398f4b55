import JSONRPC
import RoomModel
import Transport

/// One played stream, as a state machine: told what happened and when, it answers the events that say so.
///
/// A player is `playing` while packets of its stream arrive. It waits as long as it takes for a stream that nobody
/// publishes (yet, or any more); only when it cannot reach the server (of the room, or a WHEP server), or be served there,
/// the retry window counts.
package struct Player: Sendable {
    /// Without a packet for so long the stream is taken as interrupted. Silence is sent as packets, so a pause in
    /// speech is none here.
    static let silenceLimitNanoseconds: Int64 = 4_000_000_000

    package let streamID: StreamID
    /// Nil for a stream that comes from a WHEP server.
    package let roomID: RoomID?
    /// The origin of the WHEP server: `https://host`.
    package let whep: String?
    /// The number of its jitter buffer in the audio thread.
    package let slot: Int
    package let sink: PlaySink
    package private(set) var state: PlayerState = .playRequesting
    package private(set) var errorCode = 0
    /// A WHEP server has sent the stream once: its address is right.
    package var wasServed: Bool { firstFrameSeen }
    package var volume: Int
    package var muted: Bool
    /// The room server was or is to be asked to send nothing for now: see ``hold(_:now:)``.
    package private(set) var isHeld = false
    package var quality: PlayerQuality?

    private var retry: StreamRetry
    private var firstFrameSeen = false
    private var lastPacket: MonotonicTime?

    /// `startPlaying` was called.
    package init(
        streamID: StreamID, roomID: RoomID?, whep: String? = nil, slot: Int, sink: PlaySink, volume: Int, muted: Bool,
        isConnected: Bool, schedule: RetrySchedule, now: MonotonicTime
    ) {
        self.streamID = streamID
        self.roomID = roomID
        self.whep = whep
        self.slot = slot
        self.sink = sink
        self.volume = volume
        self.muted = muted
        retry = StreamRetry(isConnected: isConnected, schedule: schedule, now: now)
    }

    /// What a WHEP server, or the way to it, last said against the stream.
    package var reason: String? { retry.reason }

    /// The event of the state as it is; the first one is to be told by the owner after ``init``.
    package var stateEvent: EngineEvent {
        .playerState(
            streamID: streamID.rawValue, state: state, errorCode: errorCode,
            extendedData: reason.map { errorCode == 0 ? [:] : ["reason": .string($0)] } ?? [:])
    }

    package var isFinal: Bool { state == .noPlay }

    package var isAcceptedByServer: Bool { retry.isAccepted }

    /// Whether the room server is to be asked (again) for the stream.
    package func needsNegotiation(now: MonotonicTime) -> Bool {
        !isFinal && retry.isDue(now: now)
    }

    /// When ``tick(now:)`` is due, or ``needsNegotiation(now:)`` may become true.
    package func deadline(now: MonotonicTime) -> MonotonicTime {
        switch state {
        case .noPlay: return .distantFuture
        case .playing:
            if isHeld { return .distantFuture }
            return lastPacket?.advanced(byNanoseconds: Self.silenceLimitNanoseconds) ?? .distantFuture
        case .playRequesting:
            // Asked for and reachable: it waits for the stream, however long.
            return retry.isAccepted && retry.isConnected ? .distantFuture : retry.deadline(now: now)
        }
    }

    // MARK: What happened

    /// The room server will send the stream whenever there is one.
    package mutating func accepted() -> [EngineEvent] {
        retry.accepted()
        // A WHEP session has to last before it counts, see postponed.
        if whep == nil { retry.succeeded() }
        return []
    }

    /// The room server refused, or could not be asked. What may pass is tried again.
    package mutating func refused(_ code: Int, now: MonotonicTime, random: inout RandomSource) -> [EngineEvent] {
        guard !isFinal else { return [] }
        guard Self.mayPass(code) else { return end(code) }
        retry.failed(now: now, random: &random)
        return []
    }

    /// The session on which it was asked for is gone.
    package mutating func forgotten(now: MonotonicTime) -> [EngineEvent] {
        retry.forgotten(now: now)
        return interrupt(now)
    }

    /// The WHEP server cannot serve the stream now, cannot be asked, or has ended the session: it is asked again by the
    /// schedule.
    ///
    /// - Parameters:
    ///   - isWaiting: nobody publishes the stream (yet), which is waited for as long as it takes.
    ///   - reason: for people.
    ///   - pause: nanoseconds that the server wishes to be left alone for; nil: the schedule says.
    package mutating func postponed(
        isWaiting: Bool, reason: String, pause: Int64?, now: MonotonicTime, random: inout RandomSource
    ) -> [EngineEvent] {
        guard !isFinal else { return [] }
        let hasLasted = retry.lost(reason: reason, now: now)
        let events = interrupt(now)
        if isWaiting { retry.restartWindow(now: now) }
        retry.askAgain(hasLasted: hasLasted, pause: pause, now: now, random: &random)
        return events
    }

    /// The machine has other addresses: what waits is tried at once.
    package mutating func networkChanged(now: MonotonicTime) {
        retry.networkChanged(now: now)
    }

    /// Media can flow.
    package mutating func connected(now: MonotonicTime) {
        retry.isConnected = true
        if state == .playRequesting { retry.restartWindow(now: now) }
    }

    /// Media cannot flow.
    package mutating func disconnected(now: MonotonicTime) -> [EngineEvent] {
        retry.isConnected = false
        return interrupt(now)
    }

    /// Nobody publishes the stream any more: it is waited for.
    package mutating func streamEnded(now: MonotonicTime) -> [EngineEvent] {
        interrupt(now)
    }

    /// Packets of the stream have arrived, the last of them at `time`.
    package mutating func received(at time: MonotonicTime) -> [EngineEvent] {
        guard !isFinal else { return [] }
        lastPacket = time
        var events: [EngineEvent] = []
        if state == .playRequesting {
            events += change(to: .playing, 0)
            retry.flows(since: time)
        }
        if !firstFrameSeen {
            firstFrameSeen = true
            events.append(
                .playerFirstFrame(streamID: streamID.rawValue, elapsedMs: retry.elapsedMs(at: time)))
        }
        return events
    }

    /// A player that plays and is mute needs no packets, and stays `playing` without them; one that waits for its stream
    /// has to hear of it. Answers whether what is wanted of the room server has changed.
    package mutating func hold(_ isWanted: Bool, now: MonotonicTime) -> Bool {
        let isWanted = isWanted && state == .playing
        guard isWanted != isHeld else { return false }
        isHeld = isWanted
        lastPacket = now
        return true
    }

    /// `stopPlaying`, or the end of the room without a failure.
    package mutating func stopped() -> [EngineEvent] { isFinal ? [] : end(0) }

    /// The room ended by a failure, or the WHEP server refused for good, with a reason for people.
    package mutating func failed(_ code: Int, reason: String? = nil) -> [EngineEvent] {
        guard !isFinal else { return [] }
        if let reason { retry.reason = reason }
        return end(code)
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> [EngineEvent] {
        switch state {
        case .noPlay: return []
        case .playing:
            guard !isHeld, let lastPacket, now.nanoseconds(since: lastPacket) >= Self.silenceLimitNanoseconds else {
                return []
            }
            return interrupt(now)
        case .playRequesting:
            guard !(retry.isAccepted && retry.isConnected), retry.isExhausted(now: now) else { return [] }
            return end(ZegoErrorCode.playFailed.number)
        }
    }

    // MARK: -

    private static func mayPass(_ code: Int) -> Bool {
        switch ZegoErrorCode(rawValue: code) {
        case .playNetworkInterrupted, .roomInnerError, .playerInnerError, .appCallsTooFrequent, .roomCallsTooFrequent,
            .appSignallingTooFrequent, .connectFailed, .streamNotExist:
            true
        case nil: code < 0
        default: false
        }
    }

    private mutating func interrupt(_ now: MonotonicTime) -> [EngineEvent] {
        guard state == .playing else { return [] }
        retry.restartWindow(now: now)
        return change(to: .playRequesting, ZegoErrorCode.playNetworkInterrupted.number)
    }

    private mutating func end(_ code: Int) -> [EngineEvent] {
        retry.ended()
        return change(to: .noPlay, code)
    }

    private mutating func change(to state: PlayerState, _ errorCode: Int) -> [EngineEvent] {
        self.state = state
        self.errorCode = errorCode
        return [stateEvent]
    }
}
