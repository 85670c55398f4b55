import JSONRPC
import Logging
import RoomModel
import Transport

// Entering rooms on the session: proofs and tokens, switches, refusals that may pass.
extension VoiceEngine {
    /// Logs in to every room that the session is not in yet; throws a refusal that may pass.
    private func enterRooms(_ challenge: Challenge) async throws {
        // Whoever is at it enters rooms that are added meanwhile, too.
        guard !isEnteringRooms else { return }
        isEnteringRooms = true
        defer { isEnteringRooms = false }
        // One that may not be entered yet does not keep the others waiting.
        var refusals: [RoomID: ZegoError] = [:]
        while let room = rooms.first(where: { room in
            !room.reason.isFinal && !roomsOnSession.contains(room.roomID) && refusals[room.roomID] == nil
        }) {
            do {
                try await enter(room, challenge)
            } catch let refusal as ZegoError {
                refusals[room.roomID] = refusal
            }
        }
        if let refusal = refusals.values.first { throw refusal }
    }

    /// Enters the rooms; a refusal that may pass is answered where there are other rooms to stay in, else thrown.
    func enterRoomsOrStay(_ challenge: Challenge) async throws -> ZegoError? {
        do {
            try await enterRooms(challenge)
            return nil
        } catch let refusal as ZegoError where !roomsOnSession.isEmpty {
            return refusal
        }
    }

    func tryEnteringLater(_ refusal: ZegoError) {
        logger.info("a room is tried again later: \(refusal)")
        let now = MonotonicTime.now()
        _ = entering.start(now: now)
        performEntering(entering.failed(now: now, random: &random))
    }

    /// Carries out what the tries for further rooms decide.
    func performEntering(_ action: Reconnection.Action?) {
        switch action {
        case .attempt: Task { await self.enterRemainingRooms() }
        case .giveUp:
            let waiting = rooms.map(\.roomID).filter { !roomsOnSession.contains($0) }
            endRooms(waiting, streamError: nil) { room in room.failed(.roomRetryTimeout) }
        case nil: break
        }
        armTimer()
    }

    /// Further rooms on the session that is there.
    private func enterRemainingRooms() async {
        guard isEstablished, let challenge else { return entering.stop() }
        let number = connectionNumber
        do {
            try await enterRooms(challenge)
            guard number == connectionNumber else { return }
            entering.stop()
        } catch let refusal as ZegoError {
            guard number == connectionNumber else { return }
            tryEnteringLater(refusal)
        } catch {
            // The connection is of no use: the reconnection tries the rooms again.
            guard number == connectionNumber else { return }
            entering.stop()
            connection?.abort()
        }
    }

    private func enter(_ room: Room, _ challenge: Challenge) async throws {
        defer { handleHeld() }
        // Left together with entering this one, as long as the server knows of it.
        let left = switches[room.roomID].flatMap { roomsOnSession.contains($0) ? $0 : nil }
        let authentication: LoginAuthentication
        if let token = room.config.token {
            authentication = .token(token)
        } else {
            authentication = .proof(
                AppSignProof.make(
                    appSign: configuration.appSignSource?() ?? appSign, nonce: challenge.nonce, appID: appID,
                    userID: room.user.userID,
                    roomID: room.roomID))
        }
        let configuration = LoginConfiguration(
            isUserStatusNotify: room.config.isUserStatusNotify,
            maxMemberCount: UInt32(clamping: room.config.maxMemberCount))
        do {
            let result: RoomModel.LoginResult
            if let left {
                result = try await request(
                    SwitchRoomRequest(
                        fromRoomID: left, toRoomID: room.roomID, configuration: configuration,
                        authentication: authentication), repeats: false, timeoutSeconds: Self.handshakeSeconds)
                roomsOnSession.remove(left)
            } else {
                result = try await request(
                    LoginRequest(
                        appID: appID, roomID: room.roomID, user: room.user, configuration: configuration,
                        authentication: authentication), repeats: false, timeoutSeconds: Self.handshakeSeconds)
            }
            switches[room.roomID] = nil
            entered(room.roomID, result)
        } catch let refusal as ZegoError {
            if let left { leftWithRefusal(left) }
            guard !Self.mayPass(refusal.code) else { throw refusal }
            logger.warning(
                "login refused: \(refusal)",
                metadata: ["ROOM_ID": "\(room.roomID)", "ERROR_CODE": "\(refusal.code.number)"])
            endRooms([room.roomID], streamError: refusal.code.number) { $0.failed(refusal.code) }
        }
    }

    /// A switch was refused: the server has left the first room nevertheless, and with the last one ended the session.
    private func leftWithRefusal(_ left: RoomID) {
        roomsOnSession.remove(left)
        if roomsOnSession.isEmpty { forgetSession() }
    }

    private func entered(_ roomID: RoomID, _ result: RoomModel.LoginResult) {
        session.established(sessionID: result.sessionID, resumeKey: result.resumeKey)
        pingIntervalMs = result.pingIntervalMs
        iceServers = result.iceServers
        guard let index = rooms.firstIndex(where: { $0.roomID == roomID && !$0.reason.isFinal }) else {
            // Left while the server was letting us in.
            post(LogoutRequest(roomID: roomID))
            return
        }
        roomsOnSession.insert(roomID)
        tell(
            rooms[index].loggedIn(
                roomSessionID: result.roomSessionID, users: result.users, streams: result.streams,
                extraInfo: result.roomExtraInfo)
        )
        logger.info("logged in", metadata: ["ROOM_ID": "\(roomID)"])
        openTransport()
    }

    /// Whoever was put out while away is told so when he comes back.
    static func isKick(_ code: ZegoErrorCode) -> Bool {
        switch code {
        case .kickedOut, .manuallyKickedOut, .tokenExpiredKickedOut, .sessionExceptionKickedOut: true
        default: false
        }
    }

    /// Refusals that say nothing about us or the room.
    static func mayPass(_ code: ZegoErrorCode) -> Bool {
        switch code {
        case .roomInnerError, .appCallsTooFrequent, .roomCallsTooFrequent, .appSignallingTooFrequent, .connectFailed,
            .loginTimeout:
            true
        default: false
        }
    }
}
