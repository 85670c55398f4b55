import JSONRPC
import RoomModel
import Transport

/// One publish channel in use, as a state machine: told what happened and when, it answers the events that say so.
///
/// A publisher is `publishing` while the server (of its room, or a WHIP server) has accepted the stream on this session and
/// media can flow. Either of them lost makes it `publish-requesting` with 1003020; the owner then brings back what is
/// missing (``needsNegotiation``, or an ICE restart), until the retry window runs out.
package struct Publisher: Sendable {
    package let streamID: StreamID
    package let channel: PublishChannel
    /// Nil for a stream that goes to a WHIP server.
    package let roomID: RoomID?
    /// The origin of the WHIP server: `https://host`.
    package let whip: String?
    package let source: PublishSource
    package private(set) var state: PublisherState = .publishRequesting
    package private(set) var errorCode = 0
    /// A WHIP server has taken the stream once: its address is right.
    package private(set) var wasTaken = false
    package var muted = false
    package var quality: PublisherQuality?

    private var retry: StreamRetry
    private var firstFrameSeen = false

    /// `startPublishing` was called.
    package init(
        streamID: StreamID, channel: PublishChannel, roomID: RoomID?, whip: String? = nil, source: PublishSource,
        isConnected: Bool, schedule: RetrySchedule, now: MonotonicTime
    ) {
        self.streamID = streamID
        self.channel = channel
        self.roomID = roomID
        self.whip = whip
        self.source = source
        retry = StreamRetry(isConnected: isConnected, schedule: schedule, now: now)
    }

    /// What a WHIP server, or the way to it, last said against the stream.
    package var reason: String? { retry.reason }

    /// The event of the state as it is; the first one is to be told by the owner after ``init``.
    package var stateEvent: EngineEvent {
        .publisherState(
            streamID: streamID.rawValue, state: state, errorCode: errorCode,
            extendedData: reason.map { errorCode == 0 ? [:] : ["reason": .string($0)] } ?? [:])
    }

    /// It has ended and will not begin again.
    package var isFinal: Bool { state == .noPublish }

    /// Whether the room server has taken the stream on the present session.
    package var isAcceptedByServer: Bool { retry.isAccepted }

    /// Whether the room server is to be asked (again) to take the stream.
    package func needsNegotiation(now: MonotonicTime) -> Bool {
        !isFinal && retry.isDue(now: now)
    }

    /// When ``tick(now:)`` is due, or ``needsNegotiation(now:)`` may become true.
    package func deadline(now: MonotonicTime) -> MonotonicTime {
        guard state == .publishRequesting else { return .distantFuture }
        return retry.deadline(now: now)
    }

    // MARK: What happened

    /// The room server has taken the stream.
    package mutating func accepted() -> [EngineEvent] {
        retry.accepted()
        return settle()
    }

    /// The room server refused, or could not be asked. What may pass is tried again.
    package mutating func refused(_ code: Int, now: MonotonicTime, random: inout RandomSource) -> [EngineEvent] {
        guard !isFinal else { return [] }
        guard Self.mayPass(code) else { return end(code) }
        retry.failed(now: now, random: &random)
        return []
    }

    /// The session on which the stream was taken is gone, or the server says it does not serve it any more.
    package mutating func forgotten(now: MonotonicTime) -> [EngineEvent] {
        retry.forgotten(now: now)
        return interrupt(now)
    }

    /// The WHIP server cannot take the stream now, cannot be asked, or has let go of it: it is asked again by the schedule.
    ///
    /// - Parameters:
    ///   - reason: for people.
    ///   - pause: nanoseconds that the server wishes to be left alone for; nil: the schedule says.
    package mutating func postponed(
        reason: String, pause: Int64?, now: MonotonicTime, random: inout RandomSource
    ) -> [EngineEvent] {
        guard !isFinal else { return [] }
        let hasLasted = retry.lost(reason: reason, now: now)
        let events = interrupt(now)
        retry.askAgain(hasLasted: hasLasted, pause: pause, now: now, random: &random)
        return events
    }

    /// The machine has other addresses: what waits is tried at once.
    package mutating func networkChanged(now: MonotonicTime) {
        retry.networkChanged(now: now)
    }

    /// Media can flow.
    package mutating func connected(now: MonotonicTime? = nil) -> [EngineEvent] {
        retry.isConnected = true
        let events = settle()
        if !events.isEmpty { retry.flows(since: now) }
        return events
    }

    /// Media cannot flow.
    package mutating func disconnected(now: MonotonicTime) -> [EngineEvent] {
        retry.isConnected = false
        return interrupt(now)
    }

    /// The first packet has left.
    package mutating func firstFrameSent(now: MonotonicTime) -> [EngineEvent] {
        guard !firstFrameSeen, !isFinal else { return [] }
        firstFrameSeen = true
        return [.publisherFirstFrame(streamID: streamID.rawValue, elapsedMs: retry.elapsedMs(at: now))]
    }

    /// `stopPublishing`, or the end of the room without a failure.
    package mutating func stopped() -> [EngineEvent] { isFinal ? [] : end(0) }

    /// The room ended by a failure, or the WHIP server refused for good, with a reason for people.
    package mutating func failed(_ code: Int, reason: String? = nil) -> [EngineEvent] {
        guard !isFinal else { return [] }
        if let reason { retry.reason = reason }
        return end(code)
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> [EngineEvent] {
        guard state == .publishRequesting, retry.isExhausted(now: now) else { return [] }
        return end(ZegoErrorCode.publishRetryTimeout.number)
    }

    // MARK: -

    /// Failures that say nothing about the stream itself.
    private static func mayPass(_ code: Int) -> Bool {
        switch ZegoErrorCode(rawValue: code) {
        case .publishNetworkInterrupted, .roomInnerError, .publisherInnerError, .appCallsTooFrequent,
            .roomCallsTooFrequent, .appSignallingTooFrequent, .connectFailed:
            true
        case nil: code < 0
        default: false
        }
    }

    private mutating func settle() -> [EngineEvent] {
        guard state == .publishRequesting, retry.isAccepted, retry.isConnected else { return [] }
        // A WHIP session has to last before it counts, see postponed.
        if whip == nil { retry.succeeded() }
        wasTaken = true
        return change(to: .publishing, 0)
    }

    private mutating func interrupt(_ now: MonotonicTime) -> [EngineEvent] {
        guard state == .publishing else { return [] }
        retry.restartWindow(now: now)
        return change(to: .publishRequesting, ZegoErrorCode.publishNetworkInterrupted.number)
    }

    private mutating func end(_ code: Int) -> [EngineEvent] {
        retry.ended()
        return change(to: .noPublish, code)
    }

    private mutating func change(to state: PublisherState, _ errorCode: Int) -> [EngineEvent] {
        self.state = state
        self.errorCode = errorCode
        return [stateEvent]
    }
}
