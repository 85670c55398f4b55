import Logging
import RoomModel
import Transport

/// Tokens in rooms: what they allow, their renewal and their end.
extension SignalingMachine {
    /// What a token allows its user in a room; throws what a login with it is refused with.
    func tokenGrant(
        _ text: String, _ application: AppCredentials, userID: UserID, roomID: RoomID
    ) throws(ZegoError) -> RoomGrant {
        let token = try Token04(reading: text, secret: application.serverSecret)
        try token.verify(appID: application.appID, userID: userID, now: unixSeconds)
        guard token.allowsLogin(to: roomID) else {
            throw ZegoError(.authenticationFailed, detail: "the token gives no right to log in to this room")
        }
        return RoomGrant(token: token)
    }

    /// Puts another token in the place of what the session showed when it entered the room.
    func renewToken(_ request: RenewTokenRequest, on link: SignalingLink, now: MonotonicTime) throws -> Outcome {
        guard let session = link.session else { throw ZegoError(.notLoggedIn) }
        guard session.room(request.roomID) != nil else { throw ZegoError(.roomIDIncorrect) }
        do {
            guard let application = credentials(session.appID) else { throw ZegoError(.appIDIncorrect) }
            let grant = try tokenGrant(
                request.token, application, userID: session.user.userID, roomID: request.roomID)
            let published = session.publishing.values.filter { $0.roomID == request.roomID }
            guard published.allSatisfy({ grant.allowsPublishing($0.key.stream, now: unixSeconds) }) else {
                throw ZegoError(.renewedTokenCannotPublish)
            }
            session.grants[request.roomID] = grant
            link.failedLogins = 0
            log(.info, "renewed the token", session, session.room(request.roomID))
            return .reply(
                RenewTokenResult(tokenRemainSeconds: grant.remainSeconds(now: unixSeconds) ?? 0).json
            ) { [self] in
                // One that lives so short is told of at once.
                checkTokens(of: session, now: now)
            }
        } catch let error as ZegoError {
            // Trying tokens here is as limited as at the login.
            link.failedLogins += 1
            let told = isToldItsReason(error, appID: session.appID, address: link.address, now: now)
            throw told ? error : Self.tooManyFailures
        }
    }

    /// Tells the client of tokens that expire soon, and puts it out of rooms whose token has expired if the server is set
    /// to do so.
    func checkTokens(of session: Session, now: MonotonicTime) {
        guard session.grants.values.contains(where: { $0.token != nil }) else { return }
        let time = unixSeconds
        for room in session.rooms {
            let roomID = room.key.roomID
            guard let grant = session.grants[roomID], let remain = grant.remainSeconds(now: time) else { continue }
            if remain <= SignalingSettings.expiryNoticeSeconds, remain > 0, !grant.isExpiryTold {
                session.grants[roomID]?.isExpiryTold = true
                notify(session, .tokenWillExpire(TokenWillExpire(roomID: roomID, remainSeconds: remain)))
            }
            if remain == 0, settings.kicksOnTokenExpiry {
                kick(session, out: room, .tokenExpiredKickedOut, now: now)
            }
        }
    }
}
