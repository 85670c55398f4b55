import JSONRPC
import Logging
import RoomModel
import Transport

/// Logging in, coming back, logging out.
extension SignalingMachine {
    /// Enters a room: makes the session, or goes on with the one of the connection.
    func login(_ request: LoginRequest, on link: SignalingLink, now: MonotonicTime) throws -> Outcome {
        do {
            if let session = link.session {
                guard session.appID == request.appID, session.user == request.user else {
                    throw ZegoError(.multiRoomUserNotSame)
                }
                if let outcome = try repeatedEntry(of: request.roomID, session, on: link) { return outcome }
                guard session.rooms.count < settings.limits.rooms else { throw ZegoError(.multiRoomLimitExceeded) }
            }
            return try enter(request, on: link, now: now)
        } catch {
            throw refused(request, error, on: link, now: now)
        }
    }

    /// Leaves a room, whatever comes of it, and enters another.
    func switchRoom(_ request: SwitchRoomRequest, on link: SignalingLink, now: MonotonicTime) throws -> Outcome {
        guard let session = link.session else { throw ZegoError(.notLoggedIn) }
        if let outcome = try repeatedEntry(of: request.toRoomID, session, on: link) { return outcome }
        guard let from = session.room(request.fromRoomID) else { throw ZegoError(.roomIDIncorrect) }
        let login = LoginRequest(
            appID: session.appID, roomID: request.toRoomID, user: session.user, configuration: request.configuration,
            authentication: request.authentication)
        do {
            return try enter(login, on: link, leaving: from, now: now)
        } catch {
            if session.rooms.count > 1 {
                leave(from, session, .publisherStopped, now: now)
            } else {
                end(session, .publisherStopped, now: now)
            }
            throw refused(login, error, on: link, now: now)
        }
    }

    /// The answer to a login whose first answer was lost with an earlier connection; nil when it is the first login to
    /// this room, 1002001 when the client has its answer.
    private func repeatedEntry(
        of roomID: RoomID, _ session: Session, on link: SignalingLink
    ) throws(ZegoError) -> Outcome? {
        guard let room = session.room(roomID) else { return nil }
        guard session.entries[roomID] != link.id, let member = room.member(session.id),
            let grant = session.grants[roomID]
        else { throw ZegoError(.roomCountExceeded) }
        session.entries[roomID] = link.id
        return .reply(loginResult(of: member, in: room, grant: grant).json)
    }

    private func enter(
        _ request: LoginRequest, on link: SignalingLink, leaving left: Room? = nil, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        let grant = try authenticate(request, nonce: link.nonce)

        let userKey = UserKey(appID: request.appID, userID: request.user.userID)
        let key = RoomKey(appID: request.appID, roomID: request.roomID)
        // An earlier client of the same user makes room for this one.
        if let room = rooms[key] {
            guard !room.isFull(for: request.user.userID) else { throw ZegoError(.memberLimitExceeded) }
            guard room.rates.logins.take(now) else { throw ZegoError(.roomCallsTooFrequent) }
        }

        let session = link.session ?? makeSession(request, on: link, now: now)
        if let displaced = directory.claim(userKey, for: session.id).flatMap({ sessions[$0] }) {
            displace(displaced, now: now)
        }
        counters.logins += 1
        let room =
            rooms[key]
            ?? makeRoom(key, maxMemberCount: request.configuration.maxMemberCount, by: request.user.userID, now: now)
        let member = Room.Member(session: session, isUserStatusNotify: request.configuration.isUserStatusNotify)
        let result = loginResult(of: member, in: room, grant: grant)
        let change = room.add(member)
        session.rooms.append(room)
        session.grants[key.roomID] = grant
        session.entries[key.roomID] = link.id
        hookLogin(session, room)
        log(.info, "logged in", session, room)
        return .reply(result.json) { [self] in
            if let left { leave(left, session, .publisherStopped, now: now) }
            if change.visibility {
                notifyUsers(of: room, except: session, .add, [session.user])
            }
            countChanged(in: room, newcomer: session, now: now)
        }
    }

    private func authenticate(_ request: LoginRequest, nonce: String) throws(ZegoError) -> RoomGrant {
        guard let application = credentials(request.appID) else {
            throw ZegoError(.appIDIncorrect, detail: "AppID \(request.appID)")
        }
        switch request.authentication {
        case .none: throw ZegoError(.noToken)
        case .token(let text):
            return try tokenGrant(
                text, application, userID: request.user.userID, roomID: request.roomID)
        case .proof(let proof):
            let valid = AppSignProof.verify(
                proof, appSign: application.appSign, nonce: nonce, appID: request.appID, userID: request.user.userID,
                roomID: request.roomID)
            guard valid else { throw ZegoError(.authenticationFailed, detail: "the AppSign is not that of the AppID") }
            return .appSign
        }
    }

    /// The wall clock in whole seconds since 1970, as tokens have it.
    var unixSeconds: Int64 { Int64(wallClock() / 1000) }

    /// Counts and logs a refused login and returns what the client is told; attempts in a row end the connection.
    func refused(
        _ request: LoginRequest, _ error: any Error, on link: SignalingLink, now: MonotonicTime
    ) -> any Error {
        link.failedLogins += 1
        guard let error = error as? ZegoError else { return error }
        let told = isToldItsReason(error, appID: request.appID, address: link.address, now: now)
        counters.refusedLogins[error.code.number, default: 0] += 1
        let answer = told ? error : Self.tooManyFailures
        guard let suppressed = refusalLog.permit(now) else { return answer }
        effects.append(
            .log(
                .notice, "login refused: \(error.message)",
                [
                    "ERROR_CODE": "\(error.code.number)", "APP_ID": "\(request.appID)",
                    "ROOM_ID": "\(request.roomID)", "USER_ID": "\(request.user.userID)",
                    "SUPPRESSED": "\(suppressed)",
                ]))
        return answer
    }

    /// What is told of a failure that is one too many.
    static let tooManyFailures = ZegoError(
        .appSignallingTooFrequent, detail: "too many failed authentications; try again later")

    /// Counts a failure if it is one of authentication; false when there were too many to tell its reason.
    func isToldItsReason(_ error: ZegoError, appID: AppID, address: String, now: MonotonicTime) -> Bool {
        switch error.code {
        case .appIDIncorrect, .noToken, .authenticationFailed, .tokenInnerError, .tokenFormatError, .tokenAppIDError,
            .tokenUserIDError, .tokenExpired, .tokenVersionError, .tokenNonceTypeError:
            // Strangers' numbers of applications that do not exist are not kept.
            let application = error.code == .appIDIncorrect ? nil : appID
            return failures.permit(address: address, application: application, now: now)
        default: return true
        }
    }

    private func makeSession(_ request: LoginRequest, on link: SignalingLink, now: MonotonicTime) -> Session {
        let session = Session(
            id: SessionID(random.token(22)), resumeKey: random.token(43), appID: request.appID, user: request.user,
            connection: link.id, now: now)
        sessions[session.id] = session
        link.session = session
        link.failedLogins = 0
        effects.append(.authenticated(link.id, true))
        effects.append(.openTransport(session.id))
        return session
    }

    func makeRoom(_ key: RoomKey, maxMemberCount: UInt32, by user: UserID, now: MonotonicTime) -> Room {
        let room = Room(key: key, sessionID: random.token(22), maxMemberCount: maxMemberCount, now: now)
        rooms[key] = room
        hookRoomCreated(room, by: user)
        return room
    }

    private func loginResult(of member: Room.Member, in room: Room, grant: RoomGrant) -> LoginResult {
        let users =
            member.isUserStatusNotify ? room.visibleUsers(except: member.session.user.userID) : []
        return LoginResult(
            sessionID: member.session.id.text, resumeKey: member.session.resumeKey, roomSessionID: room.sessionID,
            users: users, streams: room.streams.map(\.description), roomExtraInfo: room.extraInfo.map { [$0] } ?? [],
            iceServers: iceServers(for: member.session.user.userID), pingIntervalMs: Int(settings.pingIntervalMs),
            departureTimeoutMs: Int(settings.departureTimeoutMs), limits: settings.limits,
            tokenRemainSeconds: grant.remainSeconds(now: unixSeconds))
    }

    /// The STUN and TURN servers for a user, with credentials of its own.
    package func iceServers(for userID: UserID) -> [ICEServer] {
        settings.relays.servers(for: userID.rawValue, unixSeconds: unixSeconds)
    }

    /// The user of this session logged in elsewhere: the earlier client is kicked out.
    private func displace(_ session: Session, now: MonotonicTime) {
        counters.displacedSessions += 1
        displaced.remember(session.id, resumeKey: session.resumeKey, as: .loggedInElsewhere, now: now)
        let error = ZegoErrorCode.kickedOut
        notify(session, .kickOut(KickOut(roomID: nil, errorCode: error, reason: error.meaning)))
        end(session, .repeatedLogin, now: now)
    }

    /// Goes on with a session whose connection was lost (or is about to be).
    func resume(_ request: ResumeRequest, on link: SignalingLink, now: MonotonicTime) throws(ZegoError) -> Outcome {
        guard link.session == nil else {
            throw ZegoError(.illegalParameter, detail: "this connection has a session already")
        }
        let id = SessionID(request.sessionID)
        // One answer for an unknown session and for a wrong key: the key is not to be found by trying. A WHIP or WHEP client
        // has no key.
        guard let session = sessions[id], session.resource == nil,
            ConstantTime.areEqual(session.resumeKey, request.resumeKey)
        else {
            throw ZegoError(displaced.code(of: id, resumeKey: request.resumeKey) ?? .roomDisconnected)
        }
        guard let missed = session.notifications.after(request.lastSeq) else {
            throw ZegoError(.roomDisconnected, detail: "more was missed than is kept")
        }
        if let old = session.connection.flatMap({ links[$0] }) {
            old.session = nil
            drop(old, .resumedElsewhere, now: now)
        }
        counters.resumes += 1
        session.connection = link.id
        session.lastHeard = now
        link.session = session
        link.failedLogins = 0
        effects.append(.authenticated(link.id, true))
        return .reply(ResumeResult(notifications: missed).json)
    }

    /// Leaves one room or all; the last one ends the session, but not the connection.
    func logout(_ request: LogoutRequest, on link: SignalingLink, now: MonotonicTime) throws(ZegoError) -> Outcome {
        guard let session = link.session else {
            // Nothing to leave: a success, as the SDK has it.
            guard request.roomID == nil else { throw ZegoError(.roomIDIncorrect) }
            return .reply(EmptyResult().json)
        }
        if let roomID = request.roomID, session.rooms.count > 1 || session.room(roomID) == nil {
            guard let room = session.room(roomID) else { throw ZegoError(.roomIDIncorrect) }
            return .reply(EmptyResult().json) { [self] in
                leave(room, session, .publisherStopped, now: now)
            }
        }
        return .reply(EmptyResult().json) { [self] in
            end(session, .publisherStopped, now: now)
        }
    }

    func log(_ level: Logger.Level, _ message: String, _ session: Session, _ room: Room? = nil) {
        var metadata: Logger.Metadata = ["APP_ID": "\(session.appID)", "USER_ID": "\(session.user.userID)"]
        if let room { metadata["ROOM_ID"] = "\(room.key.roomID)" }
        effects.append(.log(level, message, metadata))
    }
}
