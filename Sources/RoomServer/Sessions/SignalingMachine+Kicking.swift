import Logging
import RoomModel
import Transport

/// Putting users out of rooms.
extension SignalingMachine {
    /// Puts users out of one room or of all their rooms; returns those who were there, each once for a room.
    /// - Parameters:
    ///   - appID: the application; nil: whichever.
    ///   - message: what the users are told.
    package func kick(
        _ users: Set<UserID>, appID: AppID?, roomID: RoomID?, message: String?, now: MonotonicTime
    ) -> [KickedUser] {
        var kicked: [KickedUser] = []
        for room in ordered(appID, roomID) {
            for member in room.members where users.contains(member.session.user.userID) {
                let user = KickedUser(
                    appID: room.key.appID, roomID: room.key.roomID, userID: member.session.user.userID)
                if !kicked.contains(user) { kicked.append(user) }
                kick(member.session, out: room, .manuallyKickedOut, message: message, now: now)
            }
        }
        return kicked
    }

    /// Puts everybody out of a room, which is gone then; returns who was there.
    package func closeRoom(_ roomID: RoomID?, appID: AppID?, message: String?, now: MonotonicTime) -> [KickedUser] {
        let rooms = ordered(appID, roomID)
        let users = Set(rooms.flatMap { $0.members.map(\.session.user.userID) })
        return kick(users, appID: appID, roomID: roomID, message: message, now: now)
    }

    /// The rooms of an application and a name (nil: of all), by application and name.
    func ordered(_ appID: AppID?, _ roomID: RoomID?) -> [Room] {
        rooms.values
            .filter { (appID == nil || $0.key.appID == appID) && (roomID == nil || $0.key.roomID == roomID) }
            .sorted {
                ($0.key.appID.rawValue, $0.key.roomID.rawValue) < ($1.key.appID.rawValue, $1.key.roomID.rawValue)
            }
    }

    // MARK: Draining

    /// Asks all clients to come back elsewhere, spread over `spreadMs`, and lets nobody new in; returns how many sessions
    /// there are. Their sound goes on until they have found their place, or ``endAll(now:)``.
    package func drain(spreadMs: Int, now: MonotonicTime) -> Int {
        for link in Array(links.values) where link.session == nil { drop(link, .goingAway, now: now) }
        for session in sessions.values {
            let delay = Int.random(in: 0...max(0, spreadMs), using: &random)
            notify(session, .reconnect(ReconnectAdvice(delayMs: delay)))
        }
        return sessions.count
    }

    /// Ends all sessions: their time is over.
    package func endAll(now: MonotonicTime) {
        for session in Array(sessions.values) {
            let link = session.connection.flatMap { links[$0] }
            session.connection = nil
            link?.session = nil
            end(session, .removedByServer, now: now)
            if let link { drop(link, .goingAway, now: now) }
        }
    }

    // MARK: -

    /// Puts a session out of a room; out of its last one ends it.
    /// - Parameter message: what the operator wants the user to be told.
    func kick(
        _ session: Session, out room: Room, _ code: ZegoErrorCode, message: String? = nil, now: MonotonicTime
    ) {
        let isLast = session.rooms.allSatisfy { $0 === room }
        let kick = KickOut(
            roomID: isLast ? nil : room.key.roomID, errorCode: code, reason: code.meaning, message: message)
        session.kickCode = code
        notify(session, .kickOut(kick))
        log(.notice, "kicked out (\(code.number))", session, room)
        if isLast {
            if session.resource == nil {
                displaced.remember(session.id, resumeKey: session.resumeKey, as: code, now: now)
            }
            end(session, .kickedOut, now: now)
        } else {
            leave(room, session, .kickedOut, now: now)
        }
    }
}
