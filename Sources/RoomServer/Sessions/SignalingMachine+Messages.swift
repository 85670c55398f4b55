import RoomModel
import Transport

/// Messages between users, and the texts that they attach to streams and rooms.
extension SignalingMachine {
    /// Takes a message for all others in the room.
    func send(
        _ request: SendBroadcastMessageRequest, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        let room = try chatRoom(request.roomID, session)
        guard session.rates.broadcasts.take(now) else { throw ZegoError(.broadcastTooFrequent) }
        guard room.rates.broadcasts.take(now) else { throw ZegoError(.roomCallsTooFrequent) }
        return post(.broadcast, request.message, from: session, in: room) { $0 !== session }
    }

    /// Takes a message for all others in the room who are there to hear it.
    func send(
        _ request: SendBarrageMessageRequest, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        let room = try chatRoom(request.roomID, session)
        guard room.rates.barrages.take(now) else { throw ZegoError(.roomCallsTooFrequent) }
        return post(.barrage, request.message, from: session, in: room) { $0 !== session && $0.isConnected }
    }

    /// Takes a command for some users, or for all others.
    func send(
        _ request: SendCustomCommandRequest, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        let room = try chatRoom(request.roomID, session)
        let isWithinRate =
            request.toUserList.count == 1
            ? session.rates.commandsToOne.take(now) : session.rates.commandsToSeveral.take(now)
        guard isWithinRate else { throw ZegoError(.roomCallsTooFrequent) }
        let receivers = Set(request.toUserList)
        return post(.customCommand, request.command, from: session, in: room) { other in
            other !== session && (receivers.isEmpty || receivers.contains(other.user.userID))
        }
    }

    private func chatRoom(_ roomID: RoomID, _ session: Session) throws(ZegoError) -> Room {
        guard let room = session.room(roomID) else { throw ZegoError(.messageRoomInconsistent) }
        return room
    }

    /// Replies with the message's number, then tells those who are meant.
    private func post(
        _ kind: RoomMessage.Kind, _ text: ChatText, from session: Session, in room: Room,
        to isMeant: @escaping (Session) -> Bool
    ) -> Outcome {
        let time = wallClock()
        lastMessage = .next(after: lastMessage, milliseconds: time)
        counters.messagesBetweenUsers += 1
        let message = RoomMessage(
            roomID: room.key.roomID, kind: kind, fromUser: session.user, text: text, messageID: lastMessage,
            sendTime: Int64(time))
        return .reply(SendMessageResult(messageID: lastMessage).json) { [self] in
            for member in room.members where isMeant(member.session) { notify(member.session, .message(message)) }
        }
    }

    // MARK: Extra infos

    /// Changes the text of a published stream; the others in its room are told if it is another one.
    func setExtraInfo(
        _ request: SetStreamExtraInfoRequest, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        let stream = try published(request.streamID, session)
        guard session.rates.streamInfos.take(now) else { throw ZegoError(.roomCallsTooFrequent) }
        guard stream.description.extraInfo != request.extraInfo else { return .reply(EmptyResult().json) }
        stream.description.extraInfo = request.extraInfo
        return .reply(EmptyResult().json) { [self] in
            guard let room = session.room(stream.roomID) else { return }
            let update = StreamExtraInfoUpdate(roomID: stream.roomID, streamList: [stream.description])
            for member in room.members where member.session !== session {
                notify(member.session, .streamExtraInfo(update))
            }
        }
    }

    /// Writes the room's key; the others are told, written anew or not.
    func setExtraInfo(
        _ request: SetRoomExtraInfoRequest, session: Session, now: MonotonicTime
    ) throws(ZegoError) -> Outcome {
        guard let room = session.room(request.roomID) else { throw ZegoError(.roomIDIncorrect) }
        if let existing = room.extraInfo, existing.key != request.key {
            throw ZegoError(.roomExtraInfoTooManyKeys, detail: "the room's key is \"\(existing.key)\"")
        }
        guard room.rates.extraInfos.take(now) else { throw ZegoError(.roomCallsTooFrequent) }
        let info = try RoomExtraInfo(
            key: request.key, value: request.value, updateUser: session.user, updateTime: Int64(wallClock()))
        room.extraInfo = info
        return .reply(EmptyResult().json) { [self] in
            let update = RoomExtraInfoUpdate(roomID: request.roomID, roomExtraInfoList: [info])
            for member in room.members where member.session !== session {
                notify(member.session, .roomExtraInfo(update))
            }
        }
    }
}
