import Logging
import RoomModel
import Transport

/// Sessions of WHIP and WHEP clients: users of a room like any other, but without signalling. They end by DELETE, when
/// their media ends, or when they never get as far as media.
extension SignalingMachine {
    /// Admits a WHIP or WHEP client and asks the media side; the outcome comes as ``SignalingEffect/resourceAnswered``.
    ///
    /// Throws what a login, a publish or a play would be refused with; 1004002 when nobody publishes what WHEP asks for.
    package func openResource(_ request: ResourceRequest, now: MonotonicTime) throws(ZegoError) -> SessionID {
        let token: Token04
        do throws(ZegoError) {
            token = try bearer(of: request.token, appID: request.appID)
        } catch {
            throw refusedResource(error, request, now: now)
        }
        let room: RoomKey
        do throws(ZegoError) {
            room = try admit(request, token)
        } catch {
            throw refusedResource(error, request, now: now)
        }
        let session = Session(
            id: SessionID(random.token(22)), resource: request.kind, appID: request.appID,
            user: User(userID: token.userID), home: room, now: now)
        let track: NegotiatedTrack
        var reserved: [StreamID] = []
        switch request.use {
        case .publish(let streamID, let roomID):
            guard directory.claim(session.streamKey(streamID), for: session.id) else {
                throw refusedResource(ZegoError(.repetitivePublishStream), request, now: now)
            }
            reserved = [streamID]
            track = NegotiatedTrack(
                mid: request.mid, use: .publish(streamID: streamID, roomID: roomID, extraInfo: .none))
        case .play(let streamID):
            track = NegotiatedTrack(mid: request.mid, use: .play(streamID: streamID, roomID: room.roomID))
        }
        sessions[session.id] = session
        session.grants[room.roomID] = RoomGrant(token: token)
        counters.negotiations += 1
        lastTicket += 1
        session.negotiation = PendingNegotiation(
            ticket: lastTicket, requestID: nil, tracks: [track], refused: [:], reserved: reserved)
        let stream = session.streamKey(request.streamID)
        let use: TrackRequest.Use = request.kind == .whip ? .publish(stream) : .play(stream)
        effects.append(.openTransport(session.id))
        effects.append(
            .negotiate(
                session.id, ticket: lastTicket, offer: request.offer, tracks: [TrackRequest(mid: request.mid, use: use)]
            ))
        return session.id
    }

    /// The STUN and TURN servers for the client of a session; none when it has ended.
    package func iceServers(of session: SessionID) -> [ICEServer] {
        sessions[session].map { iceServers(for: $0.user.userID) } ?? []
    }

    /// Opens a bearer token for an application; throws what it is refused with.
    private func bearer(of text: String, appID: AppID) throws(ZegoError) -> Token04 {
        guard let application = credentials(appID) else {
            throw ZegoError(.appIDIncorrect, detail: "AppID \(appID)")
        }
        let token = try Token04(reading: text, secret: application.serverSecret)
        try token.verify(appID: appID, userID: nil, now: unixSeconds)
        return token
    }

    /// The room in which the client is going to be, if it may be there and there is a place for it.
    private func admit(_ request: ResourceRequest, _ token: Token04) throws(ZegoError) -> RoomKey {
        let stream = StreamKey(app: request.appID, stream: request.streamID)
        let roomID: RoomID
        switch request.use {
        case .publish(_, let room): roomID = room
        case .play:
            guard let published = streams[stream] else { throw ZegoError(.streamNotExist) }
            roomID = published.roomID
        }
        guard token.allowsLogin(to: roomID) else {
            throw ZegoError(.authenticationFailed, detail: "the token gives no right to this room")
        }
        if request.kind == .whip, !token.allowsPublishing(request.streamID) {
            throw ZegoError(
                .publishAuthenticationFailed, detail: "the token gives no right to publish this stream")
        }
        let others = sessions.values.count {
            $0.resource == request.kind && $0.user.userID == token.userID && $0.appID == request.appID
        }
        switch request.kind {
        case .whip where others >= settings.limits.publishStreams: throw ZegoError(.publishForbidden)
        case .whep where others >= settings.limits.playStreams: throw ZegoError(.playerCountExceeded)
        default: break
        }
        let key = RoomKey(appID: request.appID, roomID: roomID)
        if let room = rooms[key], room.isFull(for: token.userID) { throw ZegoError(.memberLimitExceeded) }
        return key
    }

    /// Counts a refusal and returns what the client is told.
    private func refusedResource(_ error: ZegoError, _ request: ResourceRequest, now: MonotonicTime) -> ZegoError {
        counters.refusedResources[error.code.number, default: 0] += 1
        let told = isToldItsReason(error, appID: request.appID, address: request.address, now: now)
        if let suppressed = refusalLog.permit(now) {
            effects.append(
                .log(
                    .notice, "\(request.kind.rawValue) refused: \(error.message)",
                    [
                        "ERROR_CODE": "\(error.code.number)", "APP_ID": "\(request.appID)",
                        "STREAM_ID": "\(request.streamID)", "SUPPRESSED": "\(suppressed)",
                    ]))
        }
        return told ? error : Self.tooManyFailures
    }

    /// Whether `token` may act for the session's client: it is one of the same user, expired or not, since who was let
    /// in may go on and leave. Throws what it is refused with; 1000002 when there is no such session.
    package func checkResource(
        _ id: SessionID, token: String, address: String, now: MonotonicTime
    ) throws(ZegoError) {
        guard let session = sessions[id], session.resource != nil else { throw ZegoError(.notLoggedIn) }
        do throws(ZegoError) {
            guard let application = credentials(session.appID) else { throw ZegoError(.appIDIncorrect) }
            let token = try Token04(reading: token, secret: application.serverSecret)
            try token.verify(appID: session.appID, userID: session.user.userID, now: .min)
        } catch {
            let told = isToldItsReason(error, appID: session.appID, address: address, now: now)
            throw told ? error : Self.tooManyFailures
        }
    }

    /// The client left by DELETE.
    package func closeResource(_ id: SessionID, now: MonotonicTime) {
        guard let session = sessions[id], session.resource != nil else { return }
        end(session, .publisherStopped, now: now)
    }

    /// The media side is done with the offer of a WHIP or WHEP client: it enters its room, or is gone.
    func resourceNegotiated(
        _ session: Session, _ pending: PendingNegotiation, _ outcome: Result<MediaAnswer, ZegoError>, now: MonotonicTime
    ) {
        var outcome = outcome
        if case .success(let answer) = outcome, let refusal = answer.refused.values.first {
            outcome = .failure(ZegoError(refusal, detail: "the offered section cannot carry the stream"))
        }
        switch outcome {
        case .failure:
            counters.failedNegotiations += 1
            for streamID in pending.reserved { directory.release(session.streamKey(streamID), by: session.id) }
            effects.append(.resourceAnswered(session.id, outcome))
            end(session, .publisherStopped, now: now)
        case .success(let answer):
            counters.resources += 1
            enterHome(session, now: now)
            settle(pending, answer, session, now: now)
            effects.append(.resourceAnswered(session.id, outcome))
        }
    }

    private func enterHome(_ session: Session, now: MonotonicTime) {
        guard let key = session.home else { return }
        let room = rooms[key] ?? makeRoom(key, maxMemberCount: 0, by: session.user.userID, now: now)
        let change = room.add(Room.Member(session: session, isUserStatusNotify: true))
        session.rooms.append(room)
        hookLogin(session, room)
        log(.info, "came by \(session.resource?.rawValue ?? "")", session, room)
        if change.visibility { notifyUsers(of: room, except: session, .add, [session.user]) }
        if change.presence { countChanged(in: room, newcomer: nil, now: now) }
    }

    /// Ends the session when its media is lost for good or never came.
    func checkResourceMedia(of session: Session, now: MonotonicTime) {
        guard !session.hasConnected,
            now.milliseconds(since: session.lastHeard) >= Double(SignalingSettings.resourceConnectMs)
        else { return }
        log(.info, "no media came by \(session.resource?.rawValue ?? "")", session)
        counters.departures += 1
        end(session, .heartbeatTimeout, now: now)
    }
}
