import JSONRPC
import Logging
import RoomModel
import Transport

extension VoiceEngine {
    /// `loginRoom`: enters a room. Answers when logged in; a refusal is thrown as a `ZegoError`, and ``WaitExpired`` when
    /// the wait runs out while it is still tried.
    ///
    /// 1002001 while in a room (`single`), 1002037 for a sixth (`multi`), 1002018 for another user than in the other rooms.
    package func loginRoom(
        roomID: String, user: User, config: LoginConfig = LoginConfig(), wait seconds: CallWait = .seconds(20)
    ) async throws -> LoginOutcome {
        try checkAlive()
        let roomID = try RoomID(roomID)
        let others = rooms.filter { !$0.reason.isFinal }
        guard !others.contains(where: { $0.roomID == roomID }) else { throw ZegoError(.roomCountExceeded) }
        guard others.count < configuration.roomMode.limit else {
            throw ZegoError(configuration.roomMode == .single ? .roomCountExceeded : .multiRoomLimitExceeded)
        }
        guard others.allSatisfy({ $0.user == user }) else { throw ZegoError(.multiRoomUserNotSame) }

        // What ended stays visible until the next login; `logining` is the event that clears it away.
        rooms.removeAll { $0.reason.isFinal }
        forgetEnded()
        var room = Room(roomID: roomID, user: user, config: config)
        let events = room.loginBegan()
        rooms.append(room)
        tell(events)
        logger.info("logging in", metadata: ["ROOM_ID": "\(roomID)"])
        return try await outcome(ofEntering: roomID, wait: seconds)
    }

    /// `switchRoom`: leaves a room, with all that is published and played in it, and enters another as the same user, over
    /// the transport that is there. Answers as ``loginRoom(roomID:user:config:wait:)``; whatever comes of it, the first room
    /// has been left.
    ///
    /// 1000002 without a login, 1002002 for a room that one is not in, 1002001 for one that one is in already, 1002067
    /// without a token where the first room was entered with one.
    package func switchRoom(
        fromRoomID: String, toRoomID: String, config: LoginConfig = LoginConfig(), wait seconds: CallWait = .seconds(20)
    ) async throws -> LoginOutcome {
        try checkAlive()
        let (left, roomID) = (try RoomID(fromRoomID), try RoomID(toRoomID))
        let present = rooms.filter { !$0.reason.isFinal }
        guard let from = present.first(where: { $0.roomID == left }) else {
            throw ZegoError(present.isEmpty ? .notLoggedIn : .roomIDIncorrect)
        }
        guard from.reason != .logining else { throw ZegoError(.notLoggedIn, detail: "the login is still under way") }
        guard !present.contains(where: { $0.roomID == roomID }) else { throw ZegoError(.roomCountExceeded) }
        guard from.config.token == nil || config.token != nil else { throw ZegoError(.noToken) }

        var events = endStreams(of: left, errorCode: 0)
        for index in rooms.indices where rooms[index].roomID == left { events += rooms[index].loggedOut() }
        tell(events)
        releaseEnded()
        rooms.removeAll { $0.reason.isFinal }
        forgetEnded()
        var room = Room(roomID: roomID, user: from.user, config: config)
        events = room.loginBegan()
        rooms.append(room)
        switches[roomID] = left
        tell(events)
        logger.info("switching from \(left)", metadata: ["ROOM_ID": "\(roomID)"])
        // What was published and played is let go of on the transport too, whenever the new room lets us in.
        negotiateIfNeeded()
        return try await outcome(ofEntering: roomID, wait: seconds)
    }

    /// Has a room entered that is in the list, and waits for what comes of it.
    private func outcome(ofEntering roomID: RoomID, wait seconds: CallWait) async throws -> LoginOutcome {
        if isEstablished {
            performEntering(entering.start(now: .now()) ?? entering.networkChanged(now: .now()))
        } else {
            perform(reconnection.start(now: .now()))
        }
        guard case .seconds(let seconds) = seconds else {
            return LoginOutcome(errorCode: 0, extendedData: [:], lastSeq: lastSeq)
        }
        return try await wait(seconds: seconds) { engine in engine.loginOutcome(roomID) }
    }

    /// `renewToken`: another token for a room, for what is begun from now on: publishing, and the next login.
    ///
    /// 1000002 without a login, 1002002 for another room, 1002074 to 1002080 for a token that is refused, 1002082 for one
    /// that does not allow what is published, 1002030 when the server does not answer.
    package func renewToken(roomID: String, token: String) async throws -> CallResult {
        try checkAlive()
        let roomID = try RoomID(roomID)
        let present = rooms.filter { !$0.reason.isFinal }
        guard present.contains(where: { $0.roomID == roomID }) else {
            throw ZegoError(present.isEmpty ? .notLoggedIn : .roomIDIncorrect)
        }
        guard token.utf8.count <= LoginAuthentication.maximumTokenBytes else { throw ZegoError(.tokenFormatError) }
        if roomsOnSession.contains(roomID) {
            _ = try await ask(RenewTokenRequest(roomID: roomID, token: token), else: .connectFailed)
        }
        for index in rooms.indices where rooms[index].roomID == roomID { rooms[index].renewed(token) }
        return CallResult(lastSeq: lastSeq)
    }

    private func loginOutcome(_ roomID: RoomID) -> Result<LoginOutcome, any Error>? {
        guard let room = rooms.first(where: { $0.roomID == roomID }), room.reason != .logout else {
            return .failure(ZegoError(.roomDisconnected, detail: "logged out before the login was done"))
        }
        switch room.reason {
        case .logining: return nil
        case .logined, .reconnected, .reconnecting, .logoutFailed:
            return .success(
                LoginOutcome(
                    errorCode: 0, extendedData: ["roomSessionID": .string(room.roomSessionID)], lastSeq: lastSeq))
        case .loginFailed, .reconnectFailed, .kickOut, .logout:
            return .failure(ZegoError(number: room.errorCode, message: room.errorDetail ?? ""))
        }
    }

    /// `logoutRoom`: leaves a room and stops what is published and played in it; nil leaves all rooms. 1002002 for a room
    /// that one is not in (and `room-state` logout-failed); to leave all is no error when there is none.
    package func logoutRoom(roomID: String? = nil) async throws -> CallResult {
        try checkAlive()
        if let roomID {
            let roomID = try RoomID(roomID)
            guard rooms.contains(where: { $0.roomID == roomID && !$0.reason.isFinal }) else {
                let failure = ZegoError(.roomIDIncorrect)
                tell([
                    .roomState(
                        roomID: roomID.rawValue, reason: .logoutFailed, errorCode: failure.code.number,
                        extendedData: [:])
                ])
                throw failure
            }
            leaveRooms([roomID])
        } else {
            leaveRooms(rooms.map(\.roomID))
        }
        let result = CallResult(lastSeq: lastSeq)
        // The files of players are complete when the call answers.
        await audioTail?.value
        return result
    }

    /// Leaves rooms in whatever state they are; the task, if any, ends when the connection is closed.
    @discardableResult
    func leaveRooms(_ leaving: [RoomID]) -> Task<Void, Never>? {
        let left = Set(leaving)
        let present = rooms.filter { left.contains($0.roomID) && !$0.reason.isFinal }
        var events: [EngineEvent] = []
        for room in present { events += endStreams(of: room.roomID, errorCode: 0) }
        for index in rooms.indices where left.contains(rooms[index].roomID) { events += rooms[index].loggedOut() }
        tell(events)
        releaseEnded()
        if rooms.allSatisfy({ $0.reason.isFinal }) { return endSession() }
        // A room that was to be left for one of these has not been left yet.
        let before = left.compactMap { switches.removeValue(forKey: $0) }
        let toLeave = (present.map(\.roomID) + before).filter { roomsOnSession.contains($0) }
        roomsOnSession.subtract(toLeave)
        for roomID in toLeave { post(LogoutRequest(roomID: roomID)) }
        negotiateIfNeeded()
        return nil
    }

    /// The room that a stream without a room goes to: the only one, or in `multi` mode an error.
    func room(for roomID: String?, missing: ZegoErrorCode) throws(ZegoError) -> Room {
        let present = rooms.filter { !$0.reason.isFinal }
        if let roomID {
            let roomID = try RoomID(roomID)
            guard let room = present.first(where: { $0.roomID == roomID }) else {
                throw ZegoError(present.isEmpty ? .notLoggedIn : .roomIDIncorrect)
            }
            return room
        }
        guard let room = present.first else { throw ZegoError(.notLoggedIn) }
        guard configuration.roomMode == .single else { throw ZegoError(missing) }
        return room
    }

    // MARK: What the server says

    /// A notification of the session.
    func handle(_ notification: SignalingNotification) {
        switch notification {
        case .userUpdate(let update):
            change(update.roomID) { room in
                update.updateType == .add ? room.addUsers(update.userList) : room.deleteUsers(update.userList)
            }
        case .streamUpdate(let update):
            change(update.roomID) { room in
                update.updateType == .add
                    ? room.addStreams(update.streamList, extendedData: update.extendedData)
                    : room.deleteStreams(update.streamList.map(\.streamID), extendedData: update.extendedData)
            }
        case .onlineUserCount(let count):
            change(count.roomID) { room in room.counted(count.count) }
        case .streamExtraInfo(let update):
            change(update.roomID) { room in room.changedStreams(update.streamList) }
        case .roomExtraInfo(let update):
            change(update.roomID) { room in room.changedExtraInfo(update.roomExtraInfoList) }
        case .message(let message):
            change(message.roomID) { _ in [.message(message)] }
        case .remoteMicState(let state):
            tell([.remoteMicState(streamID: state.streamID.rawValue, state: state.state)])
        case .kickOut(let kick):
            kickedOut(kick)
        case .tokenWillExpire(let notice):
            change(notice.roomID) { _ in
                [.tokenWillExpire(roomID: notice.roomID.rawValue, remainSeconds: notice.remainSeconds)]
            }
        case .publishState(let state):
            publishStateChanged(state)
        case .playState(let state):
            playStateChanged(state)
        case .reconnect(let advice):
            comeBack(afterMs: advice.delayMs)
        case .unknown(let method):
            logger.debug("the room server sent an unknown notification", metadata: ["METHOD": "\(method)"])
        }
    }

    private func change(_ roomID: RoomID, _ change: (inout Room) -> [EngineEvent]) {
        guard let index = rooms.firstIndex(where: { $0.roomID == roomID && $0.reason.isInRoom }) else { return }
        tell(change(&rooms[index]))
    }

    private func kickedOut(_ kick: KickOut) {
        logger.notice("kicked out: \(kick.reason)", metadata: ["ERROR_CODE": "\(kick.errorCode.number)"])
        let roomIDs = kick.roomID.map { [$0] } ?? rooms.map(\.roomID)
        endRooms(roomIDs, streamError: kick.errorCode.number) { room in
            room.kickedOut(kick.errorCode.number, message: kick.message)
        }
    }

    /// Ends rooms by a failure: their state first, then what that means for the streams.
    func endRooms(_ roomIDs: [RoomID], streamError: Int?, _ end: (inout Room) -> [EngineEvent]) {
        var events: [EngineEvent] = []
        for index in rooms.indices where roomIDs.contains(rooms[index].roomID) && !rooms[index].reason.isFinal {
            events += end(&rooms[index])
            events += endStreams(of: rooms[index].roomID, errorCode: streamError)
        }
        roomsOnSession.subtract(roomIDs)
        for roomID in roomIDs { switches[roomID] = nil }
        let isLast = rooms.allSatisfy { $0.reason.isFinal }
        // Who hears of the end and asks for the status is not to find the path that ends with it.
        if isLast { (iceState, path) = ("new", nil) }
        tell(events)
        releaseEnded()
        if isLast { endSession() }
    }
}
