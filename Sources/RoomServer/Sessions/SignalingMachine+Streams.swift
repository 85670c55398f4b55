import JSONRPC
import Logging
import RoomModel
import Transport

/// Publishing and playing.
extension SignalingMachine {
    /// Takes the names of new streams, and asks the media side; the rest follows in ``negotiated(_:ticket:outcome:now:)``.
    func negotiate(
        _ request: NegotiateRequest, id: JSONRPCID?, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        guard session.negotiation == nil else {
            throw ZegoError(.illegalParameter, detail: "one negotiation at a time")
        }
        var refused: [String: ZegoErrorCode] = [:]
        var reserved: [StreamID] = []
        var accepted: [TrackRequest] = []
        var published: Set<StreamID> = []
        var played: Set<StreamID> = []
        for track in request.tracks {
            switch track.use {
            case .publish(let streamID, let roomID, _):
                if let refusal = refusal(ofPublishing: streamID, in: roomID, session, beside: published) {
                    refused[track.mid] = refusal
                    continue
                }
                published.insert(streamID)
                if session.publishing[streamID] == nil { reserved.append(streamID) }
                accepted.append(TrackRequest(mid: track.mid, use: .publish(session.streamKey(streamID))))
            case .play(let streamID, let roomID):
                if let refusal = refusal(ofPlaying: streamID, in: roomID, session, beside: played) {
                    refused[track.mid] = refusal
                    continue
                }
                played.insert(streamID)
                accepted.append(TrackRequest(mid: track.mid, use: .play(session.streamKey(streamID))))
            }
        }
        counters.negotiations += 1
        lastTicket += 1
        session.negotiation = PendingNegotiation(
            ticket: lastTicket, requestID: id, tracks: request.tracks, refused: refused, reserved: reserved)
        effects.append(.negotiate(session.id, ticket: lastTicket, offer: request.sdp, tracks: accepted))
        return .later
    }

    /// Nil when the stream may be published; then its name belongs to the session.
    private func refusal(
        ofPublishing streamID: StreamID, in roomID: RoomID, _ session: Session, beside others: Set<StreamID>
    ) -> ZegoErrorCode? {
        guard session.room(roomID) != nil else { return .roomIDIncorrect }
        guard !others.contains(streamID) else { return .repetitivePublishStream }
        guard others.count < settings.limits.publishStreams else { return .publishForbidden }
        if let existing = session.publishing[streamID] {
            return existing.roomID == roomID ? nil : .repetitivePublishStream
        }
        guard session.grants[roomID]?.allowsPublishing(streamID, now: unixSeconds) ?? false else {
            return .publishAuthenticationFailed
        }
        return directory.claim(session.streamKey(streamID), for: session.id) ? nil : .repetitivePublishStream
    }

    private func refusal(
        ofPlaying streamID: StreamID, in roomID: RoomID?, _ session: Session, beside others: Set<StreamID>
    ) -> ZegoErrorCode? {
        if let roomID, session.room(roomID) == nil { return .roomIDIncorrect }
        guard !others.contains(streamID) else { return .illegalParameter }
        return others.count < settings.limits.playStreams ? nil : .playerCountExceeded
    }

    /// The media side is done with a negotiation.
    package func negotiated(
        _ id: SessionID, ticket: UInt64, outcome: Result<MediaAnswer, ZegoError>, now: MonotonicTime
    ) {
        guard let session = sessions[id], let pending = session.negotiation, pending.ticket == ticket else { return }
        session.negotiation = nil
        guard session.resource == nil else { return resourceNegotiated(session, pending, outcome, now: now) }
        switch outcome {
        case .failure(let error):
            counters.failedNegotiations += 1
            for streamID in pending.reserved { directory.release(session.streamKey(streamID), by: session.id) }
            reply(pending, .failure(error.rpcError), session)
        case .success(let answer):
            settle(pending, answer, session, now: now)
        }
    }

    /// Makes what was negotiated true: replies first, then tells the others.
    func settle(
        _ pending: PendingNegotiation, _ answer: MediaAnswer, _ session: Session, now: MonotonicTime
    ) {
        var refused = pending.refused.merging(answer.refused) { first, _ in first }
        var publishing: Set<StreamID> = []
        var playing: [String: StreamID] = [:]
        var new: [(room: Room, stream: PublishedStream)] = []
        for track in pending.tracks where refused[track.mid] == nil {
            switch track.use {
            case .play(let streamID, _): playing[track.mid] = streamID
            case .publish(let streamID, let roomID, let extraInfo):
                // The room may have been left while the media side was at work.
                guard let room = session.room(roomID) else {
                    refused[track.mid] = .roomIDIncorrect
                    effects.append(.unpublish(session.id, session.streamKey(streamID)))
                    continue
                }
                // The stream may have been ended meanwhile, and its name be another's by now.
                guard session.publishing[streamID] != nil || pending.reserved.contains(streamID) else {
                    refused[track.mid] = .publishFailed
                    continue
                }
                publishing.insert(streamID)
                guard session.publishing[streamID] == nil else { continue }
                let description = StreamDescription(streamID: streamID, user: session.user, extraInfo: extraInfo)
                let stream = PublishedStream(
                    key: session.streamKey(streamID), roomID: roomID, description: description,
                    publisher: session.id, now: now)
                new.append((room, stream))
            }
        }
        for streamID in pending.reserved where !publishing.contains(streamID) {
            directory.release(session.streamKey(streamID), by: session.id)
        }
        let ended = session.publishing.values.filter { !publishing.contains($0.key.stream) }
        let before = Set(session.playing.values)
        let after = Set(playing.values)
        session.playing = playing
        for streamID in before.subtracting(after) { stopListening(session, to: streamID) }
        for streamID in after.subtracting(before) {
            listeners[session.streamKey(streamID), default: []].insert(session.id)
        }

        let outcomes = pending.tracks.map { track -> TrackOutcome in
            if let code = refused[track.mid] { return TrackOutcome(mid: track.mid, errorCode: code) }
            guard case .play(let streamID, _) = track.use else {
                return TrackOutcome(mid: track.mid, errorCode: .success)
            }
            let live = streams[session.streamKey(streamID)] != nil || publishing.contains(streamID)
            return TrackOutcome(mid: track.mid, errorCode: .success, live: live)
        }
        // Credentials of the login may have run out since.
        let servers = settings.relays.secret == nil ? [] : iceServers(for: session.user.userID)
        reply(
            pending, .success(NegotiateResult(sdp: answer.sdp, tracks: outcomes, iceServers: servers).json), session)

        for stream in ended.sorted(by: { $0.key.stream.rawValue < $1.key.stream.rawValue }) {
            if let room = session.room(stream.roomID) { remove([stream], from: room, .publisherStopped) }
        }
        for (room, stream) in new { announce(stream, in: room, session, now: now) }
        for streamID in after.subtracting(before).sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let stream = streams[session.streamKey(streamID)], stream.microphone != .open else { continue }
            notify(session, .remoteMicState(RemoteMicState(streamID: streamID, state: stream.microphone)))
        }
    }

    private func reply(
        _ pending: PendingNegotiation, _ result: Result<JSONValue, JSONRPCError>, _ session: Session
    ) {
        guard let id = pending.requestID else { return }
        reply(result, to: id, session: session, connection: session.connection)
    }

    private func announce(
        _ stream: PublishedStream, in room: Room, _ session: Session, now: MonotonicTime
    ) {
        counters.publishedStreams += 1
        streams[stream.key] = stream
        session.publishing[stream.key.stream] = stream
        room.add(stream)
        hookStreamCreated(stream, room)
        let update = StreamUpdate(roomID: room.key.roomID, added: [stream.description])
        for member in room.members where member.session !== session {
            notify(member.session, .streamUpdate(update))
        }
        // Those who play it already, but not those whose own answer has just said that it is live.
        for id in listeners[stream.key] ?? [] where id != session.id {
            guard let listener = sessions[id] else { continue }
            // The right of a WHEP client is that to the room in which the stream was.
            if let home = listener.home, home != room.key {
                end(listener, .disconnected, now: now)
                continue
            }
            notify(listener, .playState(PlayState(streamID: stream.key.stream, state: .live)))
        }
    }

    /// Ends a published stream at once.
    func unpublish(_ request: UnpublishRequest, session: Session) throws(ZegoError) -> Outcome {
        let stream = try published(request.streamID, session)
        return .reply(EmptyResult().json) { [self] in
            effects.append(.unpublish(session.id, stream.key))
            if let room = session.room(stream.roomID) { remove([stream], from: room, .publisherStopped) }
        }
    }

    /// Ends a play at once.
    func stopPlay(_ request: StopPlayRequest, session: Session) throws(ZegoError) -> Outcome {
        guard session.plays(request.streamID) else { throw ZegoError(.streamNotPlayed) }
        session.playing = session.playing.filter { $0.value != request.streamID }
        stopListening(session, to: request.streamID)
        effects.append(.stopPlay(session.id, session.streamKey(request.streamID)))
        return .reply(EmptyResult().json)
    }

    /// Tells those who play a stream what its microphone does.
    func mute(_ request: MuteRequest, session: Session) throws(ZegoError) -> Outcome {
        let stream = try published(request.streamID, session)
        guard stream.microphone != request.state else { return .reply(EmptyResult().json) }
        stream.microphone = request.state
        return .reply(EmptyResult().json) { [self] in
            let state = RemoteMicState(streamID: request.streamID, state: request.state)
            notifyListeners(of: stream.key, .remoteMicState(state))
        }
    }

    func published(_ streamID: StreamID, _ session: Session) throws(ZegoError) -> PublishedStream {
        guard let stream = session.publishing[streamID] else {
            throw ZegoError(.illegalParameter, detail: "this session does not publish \(streamID)")
        }
        return stream
    }

    // MARK: Media

    /// Something happened on the media side of a session.
    package func mediaEvent(_ id: SessionID, _ event: ForwarderSessionEvent, now: MonotonicTime) {
        guard let session = sessions[id] else { return }
        switch event {
        case .connected, .reconnected:
            session.mediaConnectedAt = now
            session.hasConnected = true
        case .disconnected: session.mediaConnectedAt = nil
        case .failed(let reason):
            session.mediaConnectedAt = nil
            log(.info, "media lost: \(reason)", session)
            // Without signalling there is nobody who could begin anew in this session.
            if session.resource != nil { end(session, .disconnected, now: now) }
        case .pathChanged, .streamStopped: break
        case .streamStarted(let key):
            guard let stream = session.publishing[key.stream], stream.media != .arrived else { return }
            stream.media = .arrived
            notify(session, .publishState(PublishState(streamID: key.stream, state: .live)))
        }
    }
}
