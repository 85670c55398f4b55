import Logging
import RoomModel
import Transport

/// Leaving rooms and ending sessions, and what the others hear of it.
extension SignalingMachine {
    /// Takes the session out of a room with all that it publishes there.
    func leave(_ room: Room, _ session: Session, _ reason: StreamDeleteReason, now: MonotonicTime) {
        guard let change = room.remove(session.id) else { return }
        session.rooms.removeAll { $0 === room }
        session.grants[room.key.roomID] = nil
        session.entries[room.key.roomID] = nil
        let published = room.streams.filter { $0.publisher == session.id }
        remove(published, from: room, reason)
        for stream in published { effects.append(.unpublish(session.id, stream.key)) }
        hookLogout(session, room, reason)
        if change.visibility {
            notifyUsers(of: room, except: session, .delete, [session.user])
        }
        log(.info, "left the room (\(reason))", session, room)
        if room.members.isEmpty {
            rooms[room.key] = nil
            hookRoomClosed(room, reason)
        } else if change.presence {
            countChanged(in: room, newcomer: nil, now: now)
        }
    }

    /// Ends the session: rooms, streams, plays, transport, name. Its connection is closed unless it logged out itself.
    func end(_ session: Session, _ reason: StreamDeleteReason, now: MonotonicTime) {
        for room in session.rooms { leave(room, session, reason, now: now) }
        if let negotiation = session.negotiation {
            for streamID in negotiation.reserved { directory.release(session.streamKey(streamID), by: session.id) }
            session.negotiation = nil
        }
        for streamID in Set(session.playing.values) { stopListening(session, to: streamID) }
        session.playing = [:]
        directory.release(session.userKey, by: session.id)
        sessions[session.id] = nil
        effects.append(.closeTransport(session.id))
        if session.resource != nil { effects.append(.resourceEnded(session.id)) }
        guard let link = session.connection.flatMap({ links[$0] }) else { return }
        session.connection = nil
        link.session = nil
        if reason == .publisherStopped {
            effects.append(.authenticated(link.id, false))
        } else {
            drop(link, .kickedOut, now: now)
        }
    }

    /// Removes streams of one publisher from their room and tells members and listeners.
    func remove(_ removed: [PublishedStream], from room: Room, _ reason: StreamDeleteReason) {
        guard let publisher = removed.first?.publisher else { return }
        for stream in removed {
            room.remove(stream.key)
            streams[stream.key] = nil
            sessions[publisher]?.publishing[stream.key.stream] = nil
            directory.release(stream.key, by: publisher)
            hookStreamClosed(stream, room, reason)
        }
        let update = StreamUpdate(roomID: room.key.roomID, deleted: removed.map(\.description), reason: reason)
        for member in room.members where member.session.id != publisher {
            notify(member.session, .streamUpdate(update))
        }
        for stream in removed {
            notifyListeners(of: stream.key, .playState(PlayState(streamID: stream.key.stream, state: .gone)))
        }
    }

    /// Tells members that want to hear of users, and only those, about users.
    func notifyUsers(of room: Room, except session: Session, _ type: UpdateType, _ users: [User]) {
        let update = UserUpdate(roomID: room.key.roomID, updateType: type, userList: users)
        for member in room.members where member.isUserStatusNotify && member.session !== session {
            notify(member.session, .userUpdate(update))
        }
    }

    /// Tells the sessions that play a stream.
    func notifyListeners(of stream: StreamKey, _ notification: SignalingNotification) {
        for id in listeners[stream] ?? [] {
            if let session = sessions[id] { notify(session, notification) }
        }
    }

    func stopListening(_ session: Session, to streamID: StreamID) {
        let key = session.streamKey(streamID)
        listeners[key]?.remove(session.id)
        if listeners[key]?.isEmpty ?? false { listeners[key] = nil }
    }

    // MARK: The number of users

    /// Tells all members the number of users at once, or later when they were told a moment ago; a newcomer at once.
    func countChanged(in room: Room, newcomer: Session?, now: MonotonicTime) {
        let gather = Double(SignalingSettings.countGatherMs)
        if let told = room.toldCount, now.milliseconds(since: told.at) < gather {
            if let newcomer { notify(newcomer, count(of: room)) }
        } else {
            tellCount(of: room, now: now)
        }
    }

    func tellCount(of room: Room, now: MonotonicTime) {
        room.toldCount = (room.userCount, now)
        let notification = count(of: room)
        for member in room.members { notify(member.session, notification) }
    }

    private func count(of room: Room) -> SignalingNotification {
        .onlineUserCount(OnlineUserCount(roomID: room.key.roomID, count: room.userCount))
    }
}
