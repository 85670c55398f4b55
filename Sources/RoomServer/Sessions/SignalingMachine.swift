import JSONRPC
import RoomModel
import Transport
import Logging

/// The signalling of a room server as a machine without I/O: connections, sessions, rooms, users and streams.
///
/// It is told what happened and when, and says what to do (``takeEffects()``): so whole stories run in virtual time.
/// It is confined to one actor. What arrives from clients never throws and never traps: it is answered, counted, or ends
/// the connection.
package final class SignalingMachine {
    let settings: SignalingSettings
    let credentials: (AppID) -> AppCredentials?
    /// The wall clock in milliseconds since 1970.
    let wallClock: () -> Double
    let serverClock: () -> Double
    var random: RandomSource

    var links: [ConnectionID: SignalingLink] = [:]
    var sessions: [SessionID: Session] = [:]
    var rooms: [RoomKey: Room] = [:]
    var directory = Directory()
    var streams: [StreamKey: PublishedStream] = [:]
    /// The sessions that play a stream, whether somebody publishes it or not.
    var listeners: [StreamKey: Set<SessionID>] = [:]
    var displaced = DisplacedSessions()
    var lastTicket: UInt64 = 0
    var lastMessage = MessageID(0)
    var refusalLog = LogLimit()
    var failures = FailureLimiter()
    var effects: [SignalingEffect] = []

    /// What was counted since the start.
    package internal(set) var counters = SignalingCounters()

    /// - Parameters:
    ///   - credentials: finds an application.
    ///   - random: where nonces, session IDs and resume keys are drawn from.
    ///   - wallClock: the wall clock in milliseconds since 1970.
    ///   - serverClock: the clock that clients compare theirs with, which no change of the wall clock moves; nil: that one.
    package init(
        settings: SignalingSettings, random: RandomSource, credentials: @escaping (AppID) -> AppCredentials?,
        wallClock: @escaping () -> Double, serverClock: (() -> Double)? = nil
    ) {
        self.settings = settings
        self.random = random
        self.credentials = credentials
        self.wallClock = wallClock
        self.serverClock = serverClock ?? wallClock
    }

    /// What is to be done, in order; each effect is handed out once.
    package func takeEffects() -> [SignalingEffect] {
        defer { effects = [] }
        return effects
    }

    /// Whether time means anything to the machine: without connections and sessions ``advance(_:)`` has nothing to do.
    package var isActive: Bool { !links.isEmpty || !sessions.isEmpty || !displaced.isEmpty }

    /// How many of what there is.
    package var counts: RoomServerCounts {
        var counts = RoomServerCounts()
        counts.connections = links.count
        counts.sessions = sessions.count
        counts.rooms = rooms.count
        counts.users = rooms.values.reduce(0) { $0 + $1.userCount }
        counts.streams = streams.count
        return counts
    }

    /// The rooms as they are, ordered by application and name.
    package var snapshot: RoomServerSnapshot {
        RoomServerSnapshot(
            rooms: ordered(nil, nil).map { room in
                RoomSnapshot(
                    appID: room.key.appID, roomID: room.key.roomID, roomSessionID: room.sessionID,
                    maxMemberCount: room.maxMemberCount,
                    users: room.userSnapshots,
                    streams: room.streams.map(\.description))
            })
    }

    // MARK: Connections

    /// A WebSocket was opened by the client at `address` (an IP address without port): it gets its challenge.
    package func open(_ connection: ConnectionID, address: String, now: MonotonicTime) {
        counters.connections += 1
        let bucket = TokenBucket(perSecond: Double(settings.messagesPerSecond), burst: settings.messageBurst, now: now)
        let link = SignalingLink(id: connection, address: address, nonce: random.token(32), messages: bucket)
        links[connection] = link
        let challenge = Challenge(nonce: link.nonce, serverTime: serverClock(), version: settings.version)
        send(JSONRPCRequest(method: Challenge.method, params: challenge.json).json, to: connection)
    }

    /// Something came on the connection that is no message (a WebSocket ping or pong).
    package func heard(_ connection: ConnectionID, now: MonotonicTime) {
        links[connection]?.session?.lastHeard = now
    }

    /// The connection is gone: its session waits for a resume.
    package func closed(_ connection: ConnectionID, now: MonotonicTime) {
        guard let link = links.removeValue(forKey: connection) else { return }
        if link.session?.connection == connection { link.session?.connection = nil }
    }

    /// Closes the connection from here; its session, if any, waits for a resume.
    func drop(_ link: SignalingLink, _ reason: CloseReason, now: MonotonicTime) {
        effects.append(.close(link.id, reason))
        closed(link.id, now: now)
    }

    /// A text frame came.
    package func receive(_ connection: ConnectionID, text: [UInt8], now: MonotonicTime) {
        guard let link = links[connection] else { return }
        counters.messages += 1
        link.session?.lastHeard = now
        guard link.messages.take(now) else {
            counters.rateLimited += 1
            drop(link, .policy("too many messages"), now: now)
            return
        }
        do throws(JSONRPCRejection) {
            switch try JSONRPCInput(parsing: text) {
            case .message(.request(let request)): answer(request, on: link, now: now)
            case .message(.response):
                throw JSONRPCRejection(.invalidRequest("the server asks nothing, so there is nothing to answer"))
            case .batch:
                throw JSONRPCRejection(.invalidRequest("the room protocol has no batches"))
            }
        } catch {
            counters.faultyMessages += 1
            link.faultyMessages += 1
            send(error.response.json, to: connection)
            if link.faultyMessages >= SignalingSettings.faultyMessages {
                drop(link, .policy("too many faulty messages"), now: now)
            }
        }
    }

    // MARK: Requests

    /// What a request leads to.
    enum Outcome {
        /// This result; then what others (and the client itself) are told because of it.
        case reply(JSONValue, afterwards: () -> Void = {})
        /// The reply comes when the media side is done.
        case later
    }

    private func answer(_ request: JSONRPCRequest, on link: SignalingLink, now: MonotonicTime) {
        if let id = request.id, let session = link.session {
            if let reply = session.replies[id] {
                counters.repeatedRequests += 1
                effects.append(.send(link.id, reply))
                return
            }
            // A repetition of what is still being worked on: the reply will come.
            if session.negotiation?.requestID == id {
                counters.repeatedRequests += 1
                return
            }
        }
        let sessionBefore = link.session
        let result: Result<JSONValue, JSONRPCError>
        var afterwards: () -> Void = {}
        do {
            guard let call = try SignalingCall(method: request.method, params: request.params ?? [:]) else {
                throw JSONRPCError(
                    code: JSONRPCError.Code.methodNotFound, message: "Method not found: \(request.method.prefix(64))",
                    data: ["name": "METHOD_NOT_FOUND"])
            }
            switch try perform(call, id: request.id, on: link, now: now) {
            case .later: return
            case .reply(let json, let then):
                result = .success(json)
                afterwards = then
            }
        } catch let error as ZegoError {
            result = .failure(error.rpcError)
        } catch let error as JSONShapeError {
            counters.faultyMessages += 1
            result = .failure(.invalidParams(error))
        } catch let error as JSONRPCError {
            result = .failure(error)
        } catch {
            result = .failure(ZegoError(.roomInnerError).rpcError)
        }
        if let id = request.id {
            let keeping = request.method == PingRequest.method || request.method == ResumeRequest.method
            reply(result, to: id, session: keeping ? nil : link.session ?? sessionBefore, connection: link.id)
        }
        afterwards()
        if link.failedLogins >= SignalingSettings.failedLogins {
            drop(link, .policy("too many failed logins"), now: now)
        }
    }

    /// Sends a reply, and keeps it in the session for a repetition of the request.
    func reply(
        _ result: Result<JSONValue, JSONRPCError>, to id: JSONRPCID, session: Session?, connection: ConnectionID?
    ) {
        let bytes = JSONRPCResponse(id: id, result: result).json.serialized()
        session?.replies.keep(bytes, for: id)
        if let connection { effects.append(.send(connection, bytes)) }
    }

    private func perform(
        _ call: SignalingCall, id: JSONRPCID?, on link: SignalingLink, now: MonotonicTime
    ) throws -> Outcome {
        switch call {
        case .ping(let request):
            return .reply(PingResult(time: request.time, serverTime: serverClock()).json)
        case .login(let request): return try login(request, on: link, now: now)
        case .switchRoom(let request): return try switchRoom(request, on: link, now: now)
        case .renewToken(let request): return try renewToken(request, on: link, now: now)
        case .resume(let request):
            do {
                return try resume(request, on: link, now: now)
            } catch {
                counters.refusedResumes += 1
                link.failedLogins += 1
                throw error
            }
        case .logout(let request): return try logout(request, on: link, now: now)
        case .negotiate(let request): return try negotiate(request, id: id, session: session(of: link), now: now)
        case .candidate(let request):
            let session = try session(of: link)
            effects.append(
                .addCandidate(
                    session.id, candidate: request.candidate, usernameFragment: request.usernameFragment))
            return .reply(EmptyResult().json)
        case .unpublish(let request): return try unpublish(request, session: session(of: link))
        case .stopPlay(let request): return try stopPlay(request, session: session(of: link))
        case .mute(let request): return try mute(request, session: session(of: link))
        case .setStreamExtraInfo(let request):
            return try setExtraInfo(request, session: session(of: link), now: now)
        case .setRoomExtraInfo(let request): return try setExtraInfo(request, session: session(of: link), now: now)
        case .sendBroadcastMessage(let request): return try send(request, session: session(of: link), now: now)
        case .sendBarrageMessage(let request): return try send(request, session: session(of: link), now: now)
        case .sendCustomCommand(let request): return try send(request, session: session(of: link), now: now)
        }
    }

    private func session(of link: SignalingLink) throws(ZegoError) -> Session {
        guard let session = link.session else { throw ZegoError(.notLoggedIn) }
        return session
    }

    // MARK: Sending

    func send(_ json: JSONValue, to connection: ConnectionID) {
        effects.append(.send(connection, json.serialized()))
    }

    /// Numbers a notification in the session's log and sends it if the client is there.
    func notify(_ session: Session, _ notification: SignalingNotification) {
        guard session.resource == nil else { return }
        let numbered = session.notifications.append(notification)
        if let connection = session.connection { send(numbered.message.json, to: connection) }
    }
}
